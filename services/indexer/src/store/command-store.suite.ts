import { uuidv7 } from '@sallyport/context';
import { CommandCertainty, CommandKind, RiskLevel } from '@sallyport/proto-gen/command/v1/command_event';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { aCommand, START } from '../../test/a-command.js';
import type { CommandQuery, CommandStore, FoundCommands } from './command-store.js';
import type { Command } from './command.js';

/** Tests every store that keeps commands. `start` returns one that was migrated. */
export function commandStoreConformance(name: string, start: () => Promise<{ store: CommandStore; stop(): Promise<void> }>): void {
  describe(`the ${name} command store`, () => {
    let store: CommandStore;
    let stop = async (): Promise<void> => {};
    beforeAll(async () => {
      ({ store, stop } = await start());
    }, 200_000);
    afterAll(() => stop());

    const find = (orgId: string, wishes: Partial<CommandQuery> = {}): Promise<FoundCommands> =>
      store.find({ orgId, limit: 100, offset: 0, ...wishes });

    /** Stores and waits until a search finds them. Elasticsearch takes a second, and more on a busy machine. */
    async function keep(commands: readonly Command[]): Promise<void> {
      expect(await store.add(commands)).toEqual(new Map());
      for (const orgId of new Set(commands.map((each) => each.orgId))) {
        const ids = commands.filter((each) => each.orgId === orgId).map(({ id }) => id);
        await vi.waitFor(async () => expect((await find(orgId)).commands.map(({ id }) => id)).toEqual(expect.arrayContaining(ids)), {
          timeout: 10_000,
          interval: 100,
        });
      }
    }

    const inputs = async (orgId: string, wishes: Partial<CommandQuery>): Promise<string[]> =>
      (await find(orgId, wishes)).commands.map(({ input }) => input).sort();

    it('works, and migrating again changes nothing', async () => {
      await store.migrate();
      await store.prepare();
      await store.check();
    });

    it('finds nothing before the first command', async () => {
      expect(await find('org-empty')).toEqual({ commands: [], count: 0, isCountLowerBound: false, next: undefined });
    });

    it('returns every field as it was stored', async () => {
      // A new field is missing here until it has a value.
      const odd: Required<Command> = {
        id: uuidv7(),
        sessionId: 's-odd',
        seq: 2n ** 63n - 1n,
        orgId: 'org-fields',
        userId: 'u-odd',
        username: 'ünï',
        assetId: 'a-odd',
        assetName: 'web 1',
        account: '',
        channel: 4_294_967_295,
        kind: CommandKind.FILE,
        input: `  echo "ünïcödé 🚪 \\ % _ * ? ' \u{1F600}"\n\tdone  `,
        output: 'line 1\r\nline 2 \u001b[31mred\u001b[0m',
        outputTruncated: true,
        outputBytes: 70_000_000_000n,
        certainty: CommandCertainty.INFERRED,
        program: 'sqlite3',
        riskLevel: RiskLevel.REJECT,
        timestamp: new Date('2026-02-28T23:59:59.999Z'),
      };
      await keep([odd]);
      expect((await find('org-fields')).commands).toEqual([odd]);
    });

    it('keeps the size of the output and if it is truncated, where that is known', async () => {
      const sizes = [
        { outputTruncated: true, outputBytes: 70_000_000_000n },
        { outputTruncated: false, outputBytes: 0n },
        { outputTruncated: undefined, outputBytes: undefined },
      ];
      await keep(sizes.map((size, at) => aCommand('org-size', { output: 'x', ...size }, at)));
      const found = (await find('org-size')).commands.map(({ outputTruncated, outputBytes }) => ({ outputTruncated, outputBytes }));
      expect(found).toEqual(sizes.toReversed());
    });

    it('stores a command once, even if it comes several times', async () => {
      const [first, second] = [aCommand('org-once'), aCommand('org-once', {}, 60_000)];
      await keep([first, first, second]);
      await keep([second, first]);
      await keep([aCommand('org-once', { input: 'marker' })]);
      const found = await find('org-once');
      expect(found.count).toBe(3);
      expect(found.commands.map(({ id }) => id).filter((id) => id === first.id)).toHaveLength(1);
    });

    describe('searching for text', () => {
      const org = 'org-text';
      const texts: readonly [string, string][] = [
        ['cat /etc/nginx/conf.d/site_a.conf', 'server_name Example.ORG;'],
        ['docker-compose up -d', 'Creating network "shop_default"'],
        ['grep -r 100% /srv', ''],
        ['grep -r 1000 /srv', ''],
        ['echo a\\*b', ''],
        ['echo "Straße ÄÖÜ"', 'ЖУРНАЛ 日本語'],
        ['printf "one\n\n   two"', ''],
        ['true && false', 'permission denied'],
      ];
      beforeAll(() => keep(texts.map(([input, output], at) => aCommand(org, { input, output }, at))));

      it.each([
        ['a term of the input', 'nginx', ['cat /etc/nginx/conf.d/site_a.conf']],
        ['a term of the output', 'permission', ['true && false']],
        ['terms in any order, one in the input and one in the output', 'example cat', ['cat /etc/nginx/conf.d/site_a.conf']],
        ['terms in another case', 'CREATING Docker', ['docker-compose up -d']],
        ['terms of other scripts, in another case', 'журнал äöü', ['echo "Straße ÄÖÜ"']],
        ['all terms, not some', 'docker nginx', []],
        ['no part of a term of the output', 'permiss', []],
        ['a part of a path', 'inx/conf.d/si', ['cat /etc/nginx/conf.d/site_a.conf']],
        ['a part of a path in another case', 'ETC/NGI', ['cat /etc/nginx/conf.d/site_a.conf']],
        ['a percent sign as itself', '100%', ['grep -r 100% /srv']],
        ['an underscore as itself', 'site_a', ['cat /etc/nginx/conf.d/site_a.conf']],
        ['an underscore as itself, not as any letter', 'sit__a', []],
        ['a star and a backslash as themselves', 'a\\*b', ['echo a\\*b']],
        ['a star as itself, not as anything', 'd*r', []],
        ['a question mark as itself', 'n?inx', []],
        ['signs alone', '&&', ['true && false']],
        ['across white space of any kind', 'one two', ['printf "one\n\n   two"']],
        ['a quote as itself', "'", []],
        ['what reads like a query language', "nginx' | 'docker", []],
        ['blanks: everything', '   ', texts.map(([input]) => input).sort()],
      ])('finds %s', async (_what, search, expected) => {
        expect(await inputs(org, { search })).toEqual(expected);
      });

      it('finds a search of 256 letters, even a repetitive one', async () => {
        const long = aCommand('org-long', { input: `echo ${'a'.repeat(300)} ${'-='.repeat(200)}` });
        await keep([long]);
        for (const search of ['a'.repeat(256), '-='.repeat(128), '=-'.repeat(128), `${'a'.repeat(128)} ${'-='.repeat(60)}`])
          expect((await find('org-long', { search })).count, search).toBe(1);
        expect((await find('org-long', { search: `${'a'.repeat(255)}b` })).count).toBe(0);
      });

      it('keeps and finds very long commands', async () => {
        const word = 'x'.repeat(5_000);
        const long = aCommand('org-huge', {
          input: `${word} ${'é1 '.repeat(20_000)} needle`,
          output: Array.from({ length: 3_000 }, (_, at) => `w${at}`).join(' '),
        });
        await keep([long]);
        for (const search of ['needle', 'w2999', word.slice(0, 256), 'é1 é1'])
          expect((await find('org-huge', { search })).count, search.slice(0, 20)).toBe(1);
        expect((await find('org-huge')).commands).toEqual([long]);
      });
    });

    describe('filtering', () => {
      const org = 'org-filter';
      const bob = {
        userId: 'u-2',
        username: 'bob',
        assetId: 'a-2',
        assetName: 'db-1',
        account: 'postgres',
        sessionId: 's-2',
        riskLevel: RiskLevel.WARNING as const,
        certainty: CommandCertainty.MISSED as const,
        kind: CommandKind.PIPED as const,
      };
      beforeAll(async () => {
        await keep([
          aCommand(org, { input: 'by alice' }, 0),
          aCommand(org, { ...bob, input: 'by bob' }, 1_000),
          aCommand('org-other', { input: 'elsewhere' }),
        ]);
      });

      it.each([
        ['user name', { user: 'bob' }, ['by bob']],
        ['user name in another case, as a login takes it', { user: 'BOB' }, ['by bob']],
        ['user id', { user: 'u-1' }, ['by alice']],
        ['a part of a user name', { user: 'bo' }, []],
        ['asset name', { asset: 'db-1' }, ['by bob']],
        ['asset name in another case, as a login takes it', { asset: 'DB-1' }, ['by bob']],
        ['asset id', { asset: 'a-1' }, ['by alice']],
        ['account', { account: 'postgres' }, ['by bob']],
        ['account in another case, which is another account', { account: 'Postgres' }, []],
        ['session', { sessionId: 's-2' }, ['by bob']],
        ['risk level', { riskLevel: RiskLevel.WARNING }, ['by bob']],
        ['kind', { kind: CommandKind.PIPED }, ['by bob']],
        ['certainty', { certainty: CommandCertainty.MISSED }, ['by bob']],
        ['the time from, which is in', { dateFrom: new Date(START + 1_000) }, ['by bob']],
        ['the time to, which is out', { dateTo: new Date(START + 1_000) }, ['by alice']],
        ['times that leave nothing', { dateFrom: new Date(START + 2_000), dateTo: new Date(START) }, []],
        [
          'all of them together',
          {
            search: 'by',
            user: 'bob',
            asset: 'db-1',
            account: 'postgres',
            sessionId: 's-2',
            riskLevel: RiskLevel.WARNING,
            certainty: CommandCertainty.MISSED,
            kind: CommandKind.PIPED,
            dateFrom: new Date(START),
            dateTo: new Date(START + 5_000),
          },
          ['by bob'],
        ],
        ['two that do not meet', { user: 'bob', asset: 'web-1' }, []],
      ] satisfies [string, Partial<CommandQuery>, string[]][])('by %s', async (_what, wishes, expected) => {
        expect(await inputs(org, wishes)).toEqual(expected);
      });

      it('never shows another organization’s commands', async () => {
        expect(await inputs('org-other', { search: 'by' })).toEqual([]);
        expect(await inputs('org-other', {})).toEqual(['elsewhere']);
      });
    });

    describe('paging', () => {
      const org = 'org-pages';
      // Two months, and many commands within one millisecond.
      const commands = Array.from({ length: 57 }, (_, at) => aCommand(org, { input: `number ${at}` }, Math.floor(at / 10) * 15_000));
      const expected = [...commands]
        .sort((a, b) => b.timestamp.getTime() - a.timestamp.getTime() || (a.id < b.id ? 1 : -1))
        .map(({ input }) => input);
      beforeAll(() => keep(commands));

      it('lists the newest first, and within one millisecond by id', async () => {
        expect((await find(org)).commands.map(({ input }) => input)).toEqual(expected);
      });

      it('lists all commands page by page, each once, with the same count', async () => {
        const seen: string[] = [];
        let page = await find(org, { limit: 10 });
        for (; page.next; page = await find(org, { limit: 10, after: page.next })) {
          seen.push(...page.commands.map(({ input }) => input));
          expect(page).toMatchObject({ count: 57, isCountLowerBound: false });
        }
        expect([...seen, ...page.commands.map(({ input }) => input)]).toEqual(expected);
      });

      it('neither repeats nor skips a row when newer ones come between two pages', async () => {
        const first = await find(org, { limit: 10 });
        const newer = aCommand(org, { input: 'newer' }, 3_600_000);
        await store.add([newer]);
        await vi.waitFor(async () => expect((await find(org)).count).toBe(58), { timeout: 10_000, interval: 100 });
        const second = await find(org, { limit: 10, after: first.next });
        expect(second.commands.map(({ input }) => input)).toEqual(expected.slice(10, 20));
      });

      it('skips rows by offset', async () => {
        const page = await find(org, { search: 'number', limit: 5, offset: 50 });
        expect(page.commands.map(({ input }) => input)).toEqual(expected.slice(50, 55));
        expect(page.next).toBeDefined();
        expect(await find(org, { search: 'number', limit: 10, offset: 50 })).toMatchObject({ next: undefined, count: 57 });
        expect(await find(org, { search: 'number', limit: 1_000, offset: 10_000 })).toMatchObject({
          commands: [],
          next: undefined,
          count: 57,
        });
      });
    });

    it('counts exactly up to 10,000 and reports if there are more', async () => {
      const org = 'org-many';
      const many = (count: number): Command[] => Array.from({ length: count }, (_, at) => aCommand(org, { input: 'uptime' }, at));
      for (let at = 0; at < 10; at++) await store.add(many(1_000));
      await vi.waitFor(async () => expect(await find(org, { limit: 1 })).toMatchObject({ count: 10_000, isCountLowerBound: false }), {
        timeout: 10_000,
        interval: 200,
      });
      await store.add(many(1));
      await vi.waitFor(async () => expect(await find(org, { limit: 1 })).toMatchObject({ count: 10_000, isCountLowerBound: true }), {
        timeout: 10_000,
        interval: 200,
      });
      expect(await find(org, { limit: 1, search: 'uptime' })).toMatchObject({ count: 10_000, isCountLowerBound: true });
    });
  });
}
