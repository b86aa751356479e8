// Asks the index of the built site, as the search box does: each search finds its page first, and each phrase of the
// index by task finds a page of its row among the first results. make site-check runs it.
import { readFileSync, readdirSync } from 'node:fs'
import MiniSearch from 'minisearch'
import { options } from './search.mjs'

const searches = {
  'pagination': '/guide/pages.html',
  'soft delete': '/guide/writes.html#soft-delete',
  'many-to-many': '/guide/relations.html#many-to-many',
  'connection pool': '/dsn.html',
  'healthcheck': '/production.html#health-checks',
  'migration': '/guide/migrations.html',
  'N+1': '/guide/relations.html#eager-loading-no-n1-queries',
  'multi-tenant': '/dsn.html#multi-tenancy',
  'transaction': '/guide/transactions.html',
  'upsert': '/guide/writes.html#upserts-insert--on-conflict',
  // the same in other words, names of the API, options, and a word that is not finished or has a slip
  'paging': '/guide/pages.html',
  'health check': '/production.html#health-checks',
  'rollback': '/guide/transactions.html',
  'on conflict': '/guide/writes.html#upserts-insert--on-conflict',
  'ErrUnique': '/errors.html',
  'ErrOutcomeUnknown': '/errors.html',
  'pool_maxconn': '/dsn.html',
  'attach': '/dsn.html',
  'nocase': '/guarantees.html#nocase',
  'ForUpdate': '/guide/transactions.html',
  'paginat': '/guide/pages.html',
  'upserrt': '/guide/writes.html',
  'pagnation': '/guide/pages.html',
  'goose': '/guide/migrations.html',
  'pgbouncer': '/dsn.html#pgbouncer',
  'opentelemetry': '/guide/telemetry.html#opentelemetry',
}

const folder = new URL('./dist/assets/chunks/', import.meta.url)
const file = readdirSync(folder).find(name => name.startsWith('@localSearchIndex'))
const { tasks } = JSON.parse(readFileSync(new URL('./src/site.json', import.meta.url), 'utf8'))
const base = process.env.SITE_BASE ?? '/'
const settings = options(tasks, base)
const index = MiniSearch.loadJSON((await import(new URL(file, folder))).default, {
  fields: ['title', 'titles', 'text'],
  storeFields: ['title', 'titles'],
  ...settings.options,
  searchOptions: settings.searchOptions,
})

let failed = 0
const find = text => index.search(text).map(result => result.id.slice(base.length - 1))
const fail = (text, want, got) => {
  failed++
  console.log(`a search for ${text} does not find ${want} but ${got.slice(0, 3).join(', ') || 'nothing'}`)
}

for (const [text, want] of Object.entries(searches)) {
  const got = find(text)
  if (got[0] !== want && got[0]?.split('#')[0] !== want) fail(text, want, got)
}
let phrases = 0
for (const { words, sections } of tasks) {
  // A word of SQL in a list, such as AND, is the name of too many things.
  const pages = sections.map(section => section.split('#')[0])
  for (const phrase of words.split(/[,:;()]/).map(phrase => phrase.trim()).filter(phrase => phrase !== '' && !/^[A-Z]+$/.test(phrase))) {
    const got = find(phrase)
    phrases++
    if (!got.slice(0, 3).some(id => pages.includes(id.split('#')[0]))) fail(phrase, pages.join(' or '), got)
  }
}
console.log(`${Object.keys(searches).length + phrases - failed} passed, ${failed} failed`)
process.exit(failed > 0 ? 1 : 0)
