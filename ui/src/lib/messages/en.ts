export const en = {
  emptyHeading: 'No sessions in this window yet',
  emptyText:
    'This version of the window opens and nothing more. Sessions already run without it, and a terminal shows them.',
  commandsHeading: 'In a terminal',
  newCommand: 'mainstay new',
  newText: 'Start a session; prints its id',
  listCommand: 'mainstay ls',
  listText: 'List all sessions',
  attachCommand: 'mainstay attach ID',
  attachText: 'Show a session and type into it',
  version: 'Mainstay {version}',
  noProgram: 'This page was opened without the Mainstay app. Start mainstay-desktop instead.',
};

/** A text for every key of the English catalogue. */
export type Messages = Record<keyof typeof en, string>;
