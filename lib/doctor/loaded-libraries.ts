import process from 'node:process'

/** What `process.report` says, as far as it is needed. */
interface Report {
  header?: { glibcVersionRuntime?: string }
  sharedObjects?: string[]
}

/** Empty where this runtime makes no report. */
export function report(): Report {
  try {
    // Without it, every address of every socket would be looked up by name.
    Object.assign(process.report, { excludeNetwork: true })
    return process.report.getReport() as Report
  } catch {
    return {}
  }
}

/** The files of the libraries that are loaded in this process. */
export function loadedLibraries(): string[] {
  return report().sharedObjects ?? []
}
