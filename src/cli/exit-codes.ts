/** What the commands for people end with, so that scripts can tell outcomes apart without reading text. */

export const cliExitCodes = {
  /** done; what was looked at is as it should be */
  done: 0,
  /** it was begun and failed, was rolled back or was canceled */
  failed: 1,
  /** it could not be done as called: an option, a name, a permission or the cluster; nothing was changed */
  refused: 2,
  /** it ended, but not whole: some files are missing, or what was looked at is not yet as it should be */
  partial: 3,
  /** --timeout passed; what was begun goes on */
  timedOut: 4,
  /** Ctrl-C; what was begun goes on. 128 and the signal's number, as shells count. */
  interrupted: 130,
} as const;

export type CliExitCode = (typeof cliExitCodes)[keyof typeof cliExitCodes];

/** For the help of every command. */
export const cliExitCodeNotes = `
Exit codes:
  ${cliExitCodes.done}    done
  ${cliExitCodes.failed}    it was begun and failed, was rolled back or was canceled
  ${cliExitCodes.refused}    it could not be done as called; nothing was changed, and the last line says what to write instead
  ${cliExitCodes.partial}    it ended, but not whole: files are missing, or something is not ready
  ${cliExitCodes.timedOut}    --timeout passed; what was begun goes on
  ${cliExitCodes.interrupted}  Ctrl-C; what was begun goes on`;
