// The full-text search: what is indexed, and how results are ranked. The site and the test of the search use it.

// tokenize splits a text into words. A name such as pool_maxconn, prom.ErrUnique or CreateMany is a word, and so are
// its parts; N+1 is one word.
export function tokenize(text) {
  const words = []
  for (const word of text.match(/[\p{L}\p{N}_]+(?:\+\p{N}+)?/gu) ?? []) {
    words.push(word)
    const parts = word.split(/_+|(?<=[\p{Ll}\p{N}])(?=\p{Lu})/u).filter(part => part !== '')
    if (parts.length > 1) words.push(...parts)
  }
  return words
}

// stem makes one word of singular and plural.
export function stem(word) {
  return word.toLowerCase().replace(/(?<=\p{L}{2})ies$/u, 'y').replace(/(?<=\p{L}{2}[^s])s$/u, '')
}

const common = new Set(['a', 'an', 'and', 'as', 'at', 'by', 'for', 'in', 'of', 'on', 'or', 'that', 'the', 'to', 'with'])

// ranks returns the weights of sections by the words of the index by task (docs/README.md): a phrase counts for the
// sections of its row, and a word of it the less, the longer the phrase is.
export function ranks(tasks) {
  const weights = {}
  for (const { words, sections } of tasks) {
    for (const phrase of words.split(/[,:;()]/)) {
      const list = tokenize(phrase).map(stem).filter(word => !common.has(word))
      for (const word of list) {
        sections.forEach((section, i) => {
          const weight = Math.round(10 * (1 + 6 / list.length / (i + 1))) / 10
          const of = (weights[word] ??= {})
          of[section] = Math.max(of[section] ?? 0, weight)
        })
      }
    }
  }
  return weights
}

// Pages that have the words of all others, and are rarely what somebody looks for.
const background = ['/', '/compare.html', '/parity.html', '/architecture.html', '/performance.html', '/benchmarks.html',
  '/reliability.html', '/dependencies.html', '/constructs.html']

// options returns the settings of MiniSearch. The theme gets functions as their source, so boostDocument has its data
// in it.
export function options(tasks, base) {
  const boostDocument = new Function('id', 'term', `
    const weights = ${JSON.stringify(ranks(tasks))}, background = ${JSON.stringify(background)}
    const section = id.slice(${base.length - 1}), of = weights[term]
    return (of && of[section] || 1) * (background.includes(section.split('#')[0]) ? 0.3 : 1)`)
  return {
    options: { tokenize, processTerm: stem },
    searchOptions: {
      combineWith: 'AND',
      prefix: true,
      fuzzy: 0.2,
      boost: { title: 4, titles: 2, text: 1 },
      boostDocument,
    },
  }
}

// render returns the HTML that is indexed of a page: what is shown, and the words of docs/README.md for each section.
export function render(source, env, markdown) {
  const html = markdown.render(source.replace(/<!-- search: (.*?) -->/g, '$1\n'), env)
  return env.frontmatter?.search === false ? '' : html
}
