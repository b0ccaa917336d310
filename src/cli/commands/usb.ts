import { buildCommand } from '@stricli/core';
import type { Config } from '../../config/schema.ts';
import type { SurveyedController } from '../../usb/survey.ts';
import { configurationLines, configuredSeats } from '../configured-seats.ts';
import type { Context } from '../context.ts';
import { configFlag, jsonFlag, svgFlag } from '../flags.ts';
import { givePicture, requireOneForm } from '../give-picture.ts';
import { usbHolders } from '../usb-holders.ts';

interface Flags {
  config: string;
  json?: boolean;
  svg?: string;
}

export const usb = buildCommand({
  async func(this: Context, flags: Flags) {
    requireOneForm(flags.json, flags.svg);
    const { seats, problem } = await configuredSeats(this.host, flags.config);
    const controllers = await survey(this, seats);
    if (flags.json) {
      this.print(JSON.stringify(controllers));
    } else if (flags.svg !== undefined) {
      const { usbPicture } = await import('../render/usb-picture.ts');
      await givePicture(this, flags.svg, usbPicture(controllers));
    } else {
      const { usbLines } = await import('../render/usb.ts');
      this.print(...usbLines(controllers), ...configurationLines(problem, this.columns));
    }
  },
  parameters: {
    flags: {
      config: configFlag,
      json: jsonFlag,
      svg: svgFlag,
    },
  },
  docs: { brief: 'Show USB controllers, ports and devices, and what would select each' },
});

async function survey(context: Context, seats: Config['seats']): Promise<SurveyedController[]> {
  const { inputDevices } = await import('../../system/input.ts');
  const { readableUsb } = await import('../../system/usb.ts');
  const { usbControllers, usbPorts } = await import('../../system/usb-controllers.ts');
  const { surveyUsb } = await import('../../usb/survey.ts');
  const { usbUses } = await import('../../seat/usb-uses.ts');
  const [controllers, ports, usb, input, holders] = await Promise.all([
    usbControllers(context.host),
    usbPorts(context.host),
    readableUsb(context.host),
    inputDevices(context.host),
    usbHolders(context),
  ]);
  const uses = await usbUses(context.host, seats, input, usb.devices);
  return surveyUsb({ controllers, ports, ...usb, uses }, seats, holders);
}
