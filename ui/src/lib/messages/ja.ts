import type { Messages } from './en';

export const ja: Messages = {
  emptyHeading: 'このウィンドウにはまだセッションがありません',
  emptyText:
    'この版のウィンドウは、開くことしかできません。セッションはウィンドウがなくても動いており、ターミナルから表示できます。',
  commandsHeading: 'ターミナルでは',
  newCommand: 'mainstay new',
  newText: 'セッションを始め、その ID を出力する',
  listCommand: 'mainstay ls',
  listText: 'すべてのセッションを一覧する',
  attachCommand: 'mainstay attach ID',
  attachText: 'セッションを表示して入力する',
  version: 'Mainstay {version}',
  noProgram:
    'このページは Mainstay アプリの外で開かれています。mainstay-desktop を起動してください。',
};
