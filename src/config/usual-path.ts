/** Where the configuration is unless told. */
export const usualPath = '/etc/handglass/handglass.toml';
