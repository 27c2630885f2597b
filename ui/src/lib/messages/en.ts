export const en = {
  emptyHeading: 'No sessions in this window yet',
  emptyText:
    'This version of the window opens and nothing more. Sessions already run without it, and a terminal shows them.',
  commandsHeading: 'In a terminal',
  attachCommand: 'mainstay attach ID',
  attachText: 'Show a session and type into it',
  screenCommand: 'mainstay screen ID',
  screenText: 'Print what a session shows',
  searchCommand: 'mainstay search TEXT',
  searchText: 'Find text in what sessions printed',
  version: 'Mainstay {version}',
  noProgram: 'This page was opened without the Mainstay app. Start mainstay-desktop instead.',
};

/** A text for every key of the English catalogue. */
export type Messages = Record<keyof typeof en, string>;
