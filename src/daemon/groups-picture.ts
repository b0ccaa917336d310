import type { ReadFiles } from '../host/ports.ts';

/** Gives a function that draws the IOMMU groups as they are, once for all who ask meanwhile. */
export function groupsPictureOf(host: ReadFiles): () => Promise<string> {
  let drawing: Promise<string> | null = null;
  return () => {
    drawing ??= draw(host).finally(() => {
      drawing = null;
    });
    return drawing;
  };
}

/** What it takes is loaded when first asked for: most services never are. */
async function draw(host: ReadFiles): Promise<string> {
  const { surveyPci } = await import('../system/pci-survey.ts');
  const { groupReport } = await import('../doctor/group-report.ts');
  const { groupPicture } = await import('../doctor/picture/group-picture.ts');
  return groupPicture(groupReport(await surveyPci(host)));
}
