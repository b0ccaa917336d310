/** Words for what the list and the picture of USB devices both tell. */
import type { SurveyedController, SurveyedUsb } from '../../usb/survey.ts';

/** `480 Mb/s` or `5 Gb/s`; empty where it is not known. */
export function speedText(mbps: number | null): string {
  if (mbps === null) return '';
  return mbps < 1000 ? `${mbps} Mb/s` : `${mbps / 1000} Gb/s`;
}

/** Whether it could be passed on alone. Beyond `most` others, only how many there are. */
export function groupText({ iommuGroup }: SurveyedController, most = Infinity): string {
  if (iommuGroup === null) return 'no IOMMU group';
  const { number, others } = iommuGroup;
  const list = others.length > most ? `${others.length} others` : others.join(', ');
  return `IOMMU group ${number}, ${others.length === 0 ? 'alone' : `with ${list}`}`;
}

/** How it can be reset, without which it may not survive being passed on. */
export function resetText({ resetMethods }: SurveyedController): string {
  return resetMethods.length === 0 ? 'no reset' : `reset by ${resetMethods.join(', ')}`;
}

/** Who has a device, and for the host the drivers of its interfaces; a hub is never handed over. */
export function holderText({ isHub, with: holder, drivers }: SurveyedUsb): string {
  if (isHub) return '';
  if (holder === null) return 'a program of the host';
  if (holder !== 'host') return holder;
  return drivers.length === 0 ? 'host, no driver' : `host: ${drivers.join(', ')}`;
}

/** `seat desk`, or `seat desk (input)` where a device goes that way; empty where no seat names it. */
export function seatText({ seats, inputSeat }: SurveyedUsb): string {
  const names = [...seats, ...(inputSeat === null ? [] : [`${inputSeat} (input)`])];
  return names.length === 0 ? '' : `seat ${names.join(', ')}`;
}

export function unreadText(reason: string): string {
  return `a device that cannot be read: ${reason}`;
}
