/** No PCI expansion ROM is larger. */
export const mostRomBytes = 16 * 1024 * 1024;
