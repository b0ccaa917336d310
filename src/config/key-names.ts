/**
 * Names and codes of the keys and mouse buttons that a chord can hold, from the kernel's
 * `input-event-codes.h`: `KEY_LEFTCTRL` is `leftctrl`. Buttons keep their prefix (`btn_side`),
 * because four of them, left, right, back and forward, share the rest of their name with a key.
 */

/** The kernel's code of a key, `undefined` for a name that it does not have. */
export function keyCode(name: string): number | undefined {
  return codes.get(name);
}

/** The known name that was most likely meant by one that is not; `undefined` when none is near. */
export function nearestKeyName(name: string): string | undefined {
  const wanted = name.trim().toLowerCase().replace(/^key_/, '');
  const meant = otherNames.get(wanted);
  if (meant !== undefined) return meant;

  let nearest: string | undefined;
  let least = wanted.length * mostEdits;
  for (const known of codes.keys()) {
    const distance = distanceTo(known, wanted);
    if (distance < least) {
      nearest = known;
      least = distance;
    }
  }
  return nearest;
}

/** Names with consecutive codes, after the code of the first. */
const runs: readonly (readonly [first: number, names: string])[] = [
  [1, 'esc 1 2 3 4 5 6 7 8 9 0 minus equal backspace'],
  [15, 'tab q w e r t y u i o p leftbrace rightbrace enter'],
  [29, 'leftctrl a s d f g h j k l semicolon apostrophe grave'],
  [42, 'leftshift backslash z x c v b n m comma dot slash rightshift kpasterisk'],
  [56, 'leftalt space capslock f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 numlock scrolllock'],
  [71, 'kp7 kp8 kp9 kpminus kp4 kp5 kp6 kpplus kp1 kp2 kp3 kp0 kpdot'],
  [85, 'zenkakuhankaku 102nd f11 f12 ro katakana hiragana henkan katakanahiragana muhenkan'],
  [95, 'kpjpcomma kpenter rightctrl kpslash sysrq rightalt linefeed'],
  [102, 'home up pageup left right end down pagedown insert delete macro'],
  [113, 'mute volumedown volumeup power kpequal kpplusminus pause scale kpcomma'],
  [122, 'hangeul hanja yen leftmeta rightmeta compose'],
  [128, 'stop again props undo front copy open paste find cut help menu calc setup sleep wakeup'],
  [144, 'file sendfile deletefile xfer prog1 prog2 www msdos coffee rotate_display cyclewindows'],
  [155, 'mail bookmarks computer back forward closecd ejectcd ejectclosecd nextsong playpause'],
  [165, 'previoussong stopcd record rewind phone iso config homepage refresh exit move edit'],
  [177, 'scrollup scrolldown kpleftparen kprightparen new redo'],
  [183, 'f13 f14 f15 f16 f17 f18 f19 f20 f21 f22 f23 f24'],
  [200, 'playcd pausecd prog3 prog4 all_applications suspend close play fastforward bassboost'],
  [210, 'print hp camera sound question email chat search connect finance sport shop'],
  [222, 'alterase cancel brightnessdown brightnessup media switchvideomode'],
  [228, 'kbdillumtoggle kbdillumdown kbdillumup send reply forwardmail save documents'],
  [236, 'battery bluetooth wlan uwb'],
  [241, 'video_next video_prev brightness_cycle brightness_auto display_off wwan rfkill micmute'],
  [0x100, 'btn_0 btn_1 btn_2 btn_3 btn_4 btn_5 btn_6 btn_7 btn_8 btn_9'],
  [0x110, 'btn_left btn_right btn_middle btn_side btn_extra btn_forward btn_back btn_task'],
  [0x160, 'ok select goto clear'],
  [0x174, 'full_screen'],
  [0x1a2, 'zoomin zoomout zoomreset'],
  [0x1b6, 'context_menu media_repeat'],
  [0x1d0, 'fn fn_esc fn_f1 fn_f2 fn_f3 fn_f4 fn_f5 fn_f6 fn_f7 fn_f8 fn_f9 fn_f10 fn_f11 fn_f12'],
  [0x1de, 'fn_1 fn_2 fn_d fn_e fn_f fn_s fn_b fn_right_shift'],
  [0x212, 'touchpad_toggle touchpad_on touchpad_off'],
  [0x240, 'buttonconfig taskmanager journal controlpanel appselect screensaver voicecommand'],
  [0x247, 'assistant kbd_layout_next emoji_picker dictate'],
  [0x290, 'macro1 macro2 macro3 macro4 macro5 macro6 macro7 macro8 macro9 macro10'],
  [0x29a, 'macro11 macro12 macro13 macro14 macro15 macro16 macro17 macro18 macro19 macro20'],
  [0x2a4, 'macro21 macro22 macro23 macro24 macro25 macro26 macro27 macro28 macro29 macro30'],
];

const codes: ReadonlyMap<string, number> = new Map(
  runs.flatMap(([first, names]) =>
    names.split(' ').map((name, index): [string, number] => [name, first + index]),
  ),
);

/** Edits for each letter, from which on two names have nothing to do with each other. */
const mostEdits = 0.4;

/** What keys are called on their caps or by other programs, where the spelling leads nowhere. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ['altgr', 'rightalt'],
  ['break', 'pause'],
  ['cmd', 'leftmeta'],
  ['command', 'leftmeta'],
  ['control', 'leftctrl'],
  ['escape', 'esc'],
  ['option', 'leftalt'],
  ['printscreen', 'sysrq'],
  ['prtsc', 'sysrq'],
  ['return', 'enter'],
  ['scroll', 'scrolllock'],
  ['super', 'leftmeta'],
  ['win', 'leftmeta'],
  ['windows', 'leftmeta'],
]);

const leftOut = 0.25;

/**
 * The cost of turning `written` into `known` by Levenshtein's edits, where a letter that was left
 * out costs a quarter: people shorten names (`ctrl`, `rshift`, `del`) more than they garble them.
 */
function distanceTo(known: string, written: string): number {
  let costs = Array.from({ length: known.length + 1 }, (_, length) => length * leftOut);
  for (const letter of written) {
    const next = [(costs[0] ?? 0) + 1];
    for (let index = 0; index < known.length; index += 1) {
      const kept = (costs[index] ?? 0) + (known[index] === letter ? 0 : 1);
      const surplus = (costs[index + 1] ?? 0) + 1;
      next.push(Math.min(kept, surplus, (next[index] ?? 0) + leftOut));
    }
    costs = next;
  }
  return costs.at(-1) ?? 0;
}
