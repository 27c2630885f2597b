import type { Messages } from './en';

export const ja: Messages = {
  emptyHeading: 'このウィンドウにはまだセッションがありません',
  emptyText:
    'この版のウィンドウは、開くことしかできません。セッションはウィンドウがなくても動いており、ターミナルから表示できます。',
  commandsHeading: 'ターミナルでは',
  attachCommand: 'mainstay attach ID',
  attachText: 'セッションを表示して入力する',
  screenCommand: 'mainstay screen ID',
  screenText: 'セッションの画面を出力する',
  searchCommand: 'mainstay search TEXT',
  searchText: 'セッションの出力から文字列を探す',
  version: 'Mainstay {version}',
  noProgram:
    'このページは Mainstay アプリの外で開かれています。mainstay-desktop を起動してください。',
};
