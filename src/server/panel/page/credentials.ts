/**
 * What lets this browser in: a link's code once, and the token that it was exchanged for from then on.
 * A token that is kept goes first, since any page can open a link here, with a code that makes this
 * browser somebody else.
 */
export interface Credentials {
  next(): { code: string } | { token: string } | null;
  hasCode(): boolean;
  /** From here on the code goes first; false where there is none. */
  preferCode(): boolean;
  /** A code is good for one connection, whatever comes of it. */
  forgetCode(): void;
  keepToken(token: string): void;
  forgetToken(): void;
}

export function openCredentials(): Credentials {
  let code: string | null = null;
  let isCodeFirst = false;
  // Where a browser keeps nothing, a token lasts as long as the page.
  let unkept: string | null = null;

  return {
    next() {
      code = takeCode() ?? code;
      const token = unkept ?? stored(() => localStorage.getItem(tokenKey));
      if (code !== null && (isCodeFirst || token === null)) return { code };
      return token === null ? null : { token };
    },
    hasCode: () => code !== null,
    preferCode() {
      isCodeFirst = code !== null;
      return isCodeFirst;
    },
    forgetCode() {
      code = null;
    },
    keepToken(token) {
      unkept = token;
      stored(() => localStorage.setItem(tokenKey, token));
    },
    forgetToken() {
      unkept = null;
      stored(() => localStorage.removeItem(tokenKey));
    },
  };
}

/** A code goes from the address bar, and from the browser's history, as soon as it is read. */
function takeCode(): string | null {
  const { hash, pathname } = location;
  if (hash.length < 2) return null;
  history.replaceState(null, '', pathname);
  return hash.slice(1);
}

/** Runs what browsers that keep nothing refuse. */
function stored<T>(use: () => T): T | null {
  try {
    return use();
  } catch {
    return null;
  }
}

const tokenKey = 'handglass.token';
