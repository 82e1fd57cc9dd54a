import type { Definition, Positional } from './definition.js';
import { flag, number, text } from './options.js';

const name: Positional = { name: 'name', summary: 'Name of the login', type: 'string', required: true };
const file: Positional = { name: 'file', summary: 'The archive', type: 'string', required: true };
const passphraseFile = text('passphrase-file', 'Read the passphrase from this file (default: ask for it)');

/** Commands by which people make saved logins and look after them. */
export const loginCommands: readonly Definition[] = [
  {
    name: 'login',
    summary: 'Sign in once, for agents that lease the login',
    positional: name,
    options: [
      text('url', 'The page to sign in at'),
      text('until', 'Signed in when a tab is at this address; * stands for any characters'),
      text('until-text', 'Signed in when a page shows this text'),
      { ...text('timeout', 'How long to wait for it, such as 90s or 5m'), default: '5m' },
      text('origins', 'Further origins to save, separated by commas'),
      flag('full', 'Save everything that sites keep, service workers too; of every origin', {
        conflicts: ['origins'],
      }),
      flag('all-origins', 'Save every origin that is visited', { conflicts: ['origins'] }),
      flag(
        'passkeys',
        'Save passkeys that are made at the sign-in; other authenticators cannot be used then',
      ),
      { ...text('max-age', 'When it becomes too old to be leased, such as 12h or 30d'), default: '30d' },
      flag('exclusive', 'One lease at a time may have it (default)', { conflicts: ['shared'] }),
      number('shared', 'How many leases may have it at once'),
      flag('approve', 'Let each grant wait until a person approves it'),
      text('check-url', 'A page to open before each grant', { needs: 'check-text' }),
      text('check-text', 'The text on it that shows that the login is signed in', { needs: 'check-url' }),
      flag('again', 'Sign in even if the login is signed in already'),
      number('wait', 'Seconds to wait in the queue if every slot is leased'),
    ],
    examples: [
      [
        'escarp login shop --url https://shop.example/login --until "https://shop.example/home*"',
        'saved as soon as the shop shows its home page',
      ],
      [
        'escarp login shop --url https://shop.example --check-url https://shop.example/me --check-text "Sign out"',
        'saved when you press Enter, and checked before each grant',
      ],
    ],
    run: async (cli, args) => (await import('./commands/login.js')).login(cli, args),
  },
  {
    name: 'logins',
    summary: 'Look after the saved logins',
    examples: [['escarp logins list', 'which there are, and which need a person']],
    commands: [
      {
        name: 'list',
        summary: 'List them, and which need a person to sign in again',
        examples: [['escarp logins list', 'every saved login']],
        run: async (cli) => (await import('./commands/logins.js')).loginsList(cli),
      },
      {
        name: 'show',
        summary: 'Show what one holds of each site, and what it does not hold',
        positional: name,
        examples: [['escarp logins show shop', 'by origin and by cookie, without any value']],
        run: async (cli, args) => (await import('./commands/logins.js')).loginsShow(cli, args),
      },
      {
        name: 'done',
        summary: 'Say that the sign-in that is under way is complete',
        positional: name,
        examples: [['escarp logins done shop', 'as Enter does at the terminal of escarp login']],
        run: async (cli, args) => (await import('./commands/logins.js')).loginsDone(cli, args),
      },
      {
        name: 'rename',
        summary: 'Give one another name',
        positional: name,
        options: [text('to', 'The new name')],
        examples: [['escarp logins rename shop --to market', 'agents then lease it as market']],
        run: async (cli, args) => (await import('./commands/logins.js')).loginsRename(cli, args),
      },
      {
        name: 'remove',
        summary: 'Delete one from this machine; its session at the site goes on',
        positional: name,
        examples: [['escarp logins remove shop', 'then sign out at the site, too']],
        run: async (cli, args) => (await import('./commands/logins.js')).loginsRemove(cli, args),
      },
      {
        name: 'export',
        summary: 'Write saved logins to a file that a passphrase opens',
        positional: file,
        options: [
          text('name', 'Only this one'),
          flag('force', 'Replace the file if it exists'),
          passphraseFile,
        ],
        examples: [['escarp logins export logins.age', 'all of them; age can decrypt it too']],
        run: async (cli, args) => (await import('./commands/logins.js')).loginsExport(cli, args),
      },
      {
        name: 'import',
        summary: 'Import saved logins from such a file, all or none',
        positional: file,
        options: [flag('replace', 'Replace logins of the same name'), passphraseFile],
        examples: [['escarp logins import logins.age', 'on another machine']],
        run: async (cli, args) => (await import('./commands/logins.js')).loginsImport(cli, args),
      },
    ],
  },
];
