/** The kernel's command line: what it was given, what it ignores, and what the next start will give it. */
import type { LineTool } from '../system/boot.ts';
import { meaningOf } from '../system/kernel-parameters.ts';
import { about, andAdvice, type Check, known, ok, problem, warning } from './check.ts';
import type { Facts, QuickFacts } from './facts.ts';
import { misspellingOf } from './ignored-parameters.ts';
import { changeLine, inForce, takeOver, thenStart } from './kernel-line.ts';
import { idsNeededAtStart } from './needed.ts';
import { idsIn } from './pci-text.ts';

export const hugePageOrder: Check<QuickFacts> = {
  id: 'kernel.huge-page-order',
  title: 'Order of parameters for huge pages',
  look: ({ kernel, boot }) =>
    known(kernel, 'parameters', (parameters) => {
      const size = parameters.findIndex(({ name }) => name === 'hugepagesz');
      const count = parameters.findIndex(({ name }) => name === 'hugepages');
      // A count before all sizes is that of the default size, which others may follow.
      const isFollowed = parameters.slice(size).some(({ name }) => name === 'hugepages');
      if (size < 0 || count < 0 || isFollowed) return ok('Sizes stand before their counts.');
      const words = [parameters[size]?.text ?? '', parameters[count]?.text ?? ''];
      return problem(
        `\`${words[1]}\` stands before \`${words[0]}\`, and so counts pages of the default size.`,
        changeLine(boot, { remove: words.toReversed(), add: words }),
      );
    }),
};

export const kernelParameterChecks: Check[] = [
  {
    id: 'kernel.parameter',
    title: 'Parameters of the kernel that matter here',
    look: ({ kernel }) =>
      known(kernel, 'parameters', (parameters) =>
        parameters.flatMap((parameter) => {
          const meaning = misspellingOf(parameter) === null ? meaningOf(parameter) : null;
          return meaning === null ? [] : [about(parameter.text, ok(meaning))];
        }),
      ),
  },
  {
    id: 'kernel.ignored-parameter',
    title: 'Parameters that the kernel ignores',
    look: ({ cpu, kernel, boot, pci }) =>
      known(kernel, 'parameters', (parameters) => {
        const found = parameters.flatMap((parameter) => {
          const misspelling = misspellingOf(parameter);
          if (misspelling === null) return [];
          const { why, instead, isHarmless } = misspelling;
          // AMD's IOMMU needs no word, and Intel's is not there.
          const wanted = instead.filter(
            (word) => cpu.vendor !== 'AuthenticAMD' || !word.startsWith('intel_iommu='),
          );
          const losesNothing = isHarmless || (wanted.length === 0 && instead.length > 0);
          const missing = wanted.filter((word) => !parameters.some(({ text }) => text === word));
          // What was ignored so far would take effect.
          const needed = idsNeededAtStart(pci, missing.flatMap(idsIn));
          const todo =
            needed === null
              ? changeLine(boot, { add: missing, remove: [parameter.text] })
              : { advice: needed };
          return [about(parameter.text, (losesNothing ? warning : problem)(why, todo))];
        });
        return found.length > 0 ? found : ok('None of its words is a known mistake.');
      }),
  },
  {
    id: 'kernel.parameters-pending',
    title: 'Parameters for the next start',
    look: pendingParameters,
  },
  {
    id: 'kernel.parameters-lost',
    title: 'Parameters that the next start would lose',
    look: lostParameters,
  },
  hugePageOrder,
  {
    id: 'kernel.acs-override',
    title: 'ACS override',
    look: ({ kernel, boot }) =>
      known(kernel, 'parameters', (parameters) => {
        const override = parameters.find(({ name }) => name === 'pcie_acs_override');
        if (override === undefined) return ok('IOMMU groups are those of the hardware.');
        return warning(
          'The kernel is told to claim smaller IOMMU groups than the hardware keeps apart: a guest could reach devices of the host through their shared link.',
          andAdvice(
            changeLine(boot, { remove: [override.text] }),
            'Keep it only for guests that you trust as the host itself.',
          ),
        );
      }),
  },
];

/** What stands in the loader's files and was not given at the start. */
function pendingParameters({ kernel, boot, pci }: Facts) {
  return known(kernel, 'parameters', (parameters) =>
    known(boot, 'nextLine', (files) => {
      if (files.length === 0) return [];
      const now = new Set(parameters.map(({ text }) => text));
      const pending = inForce(files).flatMap(({ file, parameters: next }) =>
        next
          .filter(({ text }) => forGuests.test(text) && !now.has(text))
          .map(({ text }) => ({ file, text })),
      );
      const [first] = pending;
      if (first === undefined) return ok('What the files of the boot loader say is in force.');
      const list = [...new Set(pending.map(({ text }) => `\`${text}\``))].join(', ');
      const needed = idsNeededAtStart(
        pci,
        pending.flatMap(({ text }) => idsIn(text)),
      );
      const isKeptElsewhere = boot.lineTool !== null && keepers.has(boot.lineTool);
      const remedy = takeOver(boot);
      return warning(
        `${list} stands in ${first.file} and was not given to the running kernel.`,
        needed !== null
          ? { advice: needed }
          : isKeptElsewhere
            ? changeLine(boot, { add: [...new Set(pending.map(({ text }) => text))] })
            : remedy === null
              ? { advice: 'Have the boot loader take it over, and start the machine anew.' }
              : { remedy, advice: thenStart(boot) },
      );
    }),
  );
}

/** Their words stand elsewhere than in these files. */
const keepers: ReadonlySet<LineTool> = new Set([
  'grubby',
  'rpm-ostree',
  'nixos',
  'bootc',
  'abroot',
]);

/** What was written into grub.cfg itself, or typed into its menu, which nobody keeps. */
function lostParameters({ kernel, boot }: Facts) {
  if (takeOver(boot) === null) return [];
  return known(kernel, 'parameters', (parameters) =>
    known(boot, 'nextLine', (files) => {
      if (files.length === 0) return [];
      const kept = new Set(
        inForce(files).flatMap((file) => file.parameters.map(({ text }) => text)),
      );
      const lost = parameters.filter(
        (each) => forGuests.test(each.text) && !kept.has(each.text) && misspellingOf(each) === null,
      );
      if (lost.length === 0) return ok('What the kernel was given for guests stands in a file.');
      const list = lost.map(({ text }) => `\`${text}\``).join(', ');
      return warning(
        `The running kernel was given ${list}, and no file has that from which the boot loader's menu is made. The next upgrade of the kernel makes it anew, without that.`,
        changeLine(boot, { add: lost.map(({ text }) => text) }),
      );
    }),
  );
}

const forGuests = /iommu|vfio|hugepage|isolcpus|nohz_full|acs_/;
