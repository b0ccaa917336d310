/** What a key is pressed for twice in a row every day, so that a double tap of it would fire then. */
export function doubledWhile(name: string): 'typing' | 'clicking' | null {
  if (/^btn_(left|right|middle)$/.test(name)) return 'clicking';
  return /^(.|kp.+)$/.test(name) || typed.has(name) ? 'typing' : null;
}

/** Those that write or move where one writes, beside letters, digits and the keypad. */
const typed: ReadonlySet<string> = new Set(
  [
    'minus equal leftbrace rightbrace semicolon apostrophe grave backslash comma dot slash',
    '102nd ro yen space tab enter linefeed backspace delete',
    'up down left right pageup pagedown',
  ].flatMap((names) => names.split(' ')),
);
