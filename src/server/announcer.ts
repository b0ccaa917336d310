/**
 * Calls to the returned function mean "something changed": it sends what `next` gives, one after the
 * other. Until the kernel has taken one text no other is asked for, so nothing is collected here for a
 * slow reader.
 *
 * @param next the next text to send; undefined where all has been sent
 */
export function createAnnouncer(
  next: () => string | undefined,
  send: (text: string, taken: () => void) => void,
): () => void {
  let onItsWay = false;

  return function announce() {
    if (onItsWay) return;
    const text = next();
    if (text === undefined) return;
    onItsWay = true;
    send(text, () => {
      onItsWay = false;
      announce();
    });
  };
}
