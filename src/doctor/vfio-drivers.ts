/** Whether a driver leaves a device's group free to go to a guest. */
export function isForVfio(driver: string): boolean {
  return /vfio|^pci-stub$/.test(driver);
}
