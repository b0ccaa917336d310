/** Whether what the seats name is here. */
import { selectorToml } from '../config/selectors.ts';
import { selectInput } from '../input/selector.ts';
import { fittingUsb, namesSeveral, usbDeviceText } from '../usb/selector.ts';
import { about, type Check, type Finding, known, ok, problem, warning } from './check.ts';
import type { SelectorFacts } from './facts.ts';

export const inputSelected: Check<SelectorFacts> = {
  id: 'input.selected',
  title: 'Input devices that seats name',
  look: ({ configuration: { config }, devices }) => {
    const named = (config?.seats ?? []).flatMap(({ name, input }) =>
      input.map((selector) => ({ name, selector })),
    );
    if (named.length === 0) return [];
    return known(devices, 'input', (input) => {
      const lost = named.filter(({ selector }) => selectInput(selector, input).length === 0);
      if (lost.length === 0) return ok('Each selector fits a device that is here.');
      return lost.map(({ name, selector }) =>
        about(
          `seat ${name}`,
          warning(`No input device here fits ${selectorToml(selector)}.`, {
            remedy: 'handglass input',
            advice: 'It lists what is here and what would select it; or plug the device in.',
          }),
        ),
      );
    });
  },
};

export const usbSelected: Check<SelectorFacts> = {
  id: 'usb.selected',
  title: 'USB devices that seats name',
  look: ({ configuration: { config }, devices }) => {
    const named = (config?.seats ?? []).flatMap(({ name, usb }) =>
      usb.map((selector) => ({ name, selector })),
    );
    if (named.length === 0) return [];
    return known(devices, 'usb', (usb) => {
      const found = named.flatMap(({ name, selector }): Finding[] => {
        const fitting = fittingUsb(selector, usb);
        if (fitting.length === 1 || namesSeveral(selector)) return [];
        const text = selectorToml(selector);
        const todo = { remedy: 'handglass usb' };
        if (fitting.length === 0) {
          return [
            about(
              `seat ${name}`,
              warning(`No USB device here fits ${text}.`, {
                ...todo,
                advice: 'It lists what is here and what would select it; or plug the device in.',
              }),
            ),
          ];
        }
        const list = fitting.map(usbDeviceText).join(' and ');
        return [
          about(
            `seat ${name}`,
            problem(`${text} fits ${list}, so none of them moves.`, {
              ...todo,
              advice: 'It lists a selector for each.',
            }),
          ),
        ];
      });
      return found.length > 0 ? found : ok('Each selector fits what is here.');
    });
  },
};
