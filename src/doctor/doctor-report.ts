import { subjects } from './checks.ts';
import type { Facts } from './facts.ts';
import { type DoctorReport, reportOn } from './report.ts';

/** @param facts of one machine; nothing else is looked at, so the same facts bring the same report */
export function doctorReport(facts: Facts): DoctorReport {
  return reportOn(facts, subjects, {
    configPath: facts.configuration.path,
    uri: facts.libvirt.uri,
    isRoot: facts.people.caller?.uid === 0,
  });
}
