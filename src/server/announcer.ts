/**
 * Calls to the returned function mean "something changed": it sends what `read` gives if that
 * differs from what was sent last, `told` at first. Until the kernel has taken one text no other
 * is sent, so a slow reader skips states and never collects them.
 */
export function createAnnouncer(
  read: () => string,
  send: (text: string, taken: () => void) => void,
  told: string,
): () => void {
  let last = told;
  let onItsWay = false;

  return function announce() {
    if (onItsWay) return;
    const text = read();
    if (text === last) return;
    last = text;
    onItsWay = true;
    send(text, () => {
      onItsWay = false;
      announce();
    });
  };
}
