/** The files that restic could not read or write, gathered from its standard error. */
import type { FileTrouble } from '../engine.ts';
import { errorLine, parseLine } from './messages.ts';

/** How many are kept: enough to show a person, whatever their number. */
const kept = 100;

/** Gathers the troubles of one run. */
export class TroubleLog {
  /** the first of them */
  readonly files: FileTrouble[] = [];
  /** complaints that name no file */
  readonly warnings: string[] = [];
  /** how many files there were */
  count = 0;
  /** How many files were stored again because the repository had lost parts of them: restic calls that an error. */
  mended = 0;

  /** Takes one line of standard error. What only scanning met is left out, for reading meets it again. */
  add(line: string): void {
    const message = parseLine(errorLine, line);
    if (message?.message_type === 'exit_error' || line.trim() === '') return;
    if (message === undefined) {
      if (this.warnings.length < kept) this.warnings.push(line);
    } else if ('error' in message && message.item !== '') {
      if (message.during === 'scan') return;
      if (message.error.message.includes('storing the file again')) {
        this.mended += 1;
        return;
      }
      this.count += 1;
      if (this.files.length < kept) this.files.push(troubleOf(message.item, message.error.message));
    } else if (this.warnings.length < kept) {
      this.warnings.push('error' in message ? message.error.message : message.message);
    }
  }
}

function troubleOf(path: string, reason: string): FileTrouble {
  return { path, reason, isGone: /no such file or directory/.test(reason) };
}
