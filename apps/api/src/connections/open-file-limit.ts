/** How many files and sockets the system lets this process have open at one time. */
export const openFileLimit = (): number => {
  const report = process.report as NodeJS.ProcessReport & { excludeNetwork: boolean };
  report.excludeNetwork = true; // it would look up names
  const { userLimits } = report.getReport() as { userLimits?: { open_files: { soft: number | string } } };
  const limit = Number(userLimits?.open_files.soft);
  return Number.isNaN(limit) ? Number.POSITIVE_INFINITY : limit; // Windows has none
};
