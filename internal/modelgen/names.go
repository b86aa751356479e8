package modelgen

import (
	"go/token"
	"strconv"
	"strings"
	"unicode"

	"github.com/prom-go/prom/schema"
)

// initialisms are the words that Go writes in capitals.
var initialisms = map[string]bool{
	"api": true, "cpu": true, "css": true, "dns": true, "html": true, "http": true, "https": true, "id": true, "ip": true, "json": true,
	"sql": true, "tcp": true, "udp": true, "ui": true, "uri": true, "url": true, "uuid": true, "xml": true,
}

// goName returns an exported name for a table or column.
func goName(s string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if initialisms[strings.ToLower(word)] {
			b.WriteString(strings.ToUpper(word))
			continue
		}
		runes := []rune(word)
		b.WriteString(string(unicode.ToUpper(runes[0])) + string(runes[1:]))
	}
	name := b.String()
	if name == "" || !unicode.IsUpper([]rune(name)[0]) {
		name = "X" + name // a digit, or a letter without a capital
	}
	return name
}

// namesOf returns the names of structs for tables: without their schemas, unless several have a table of that name.
func namesOf(tables []string) map[string]string {
	count := map[string]int{}
	for _, table := range tables {
		count[localName(table)]++
	}
	names := map[string]string{}
	for _, table := range tables {
		space, name := schema.SplitName(table)
		if names[table] = localName(table); space != "" && count[names[table]] > 1 {
			names[table] = goName(space + "_" + name)
		}
	}
	return names
}

// localName returns the name of a struct for a table, without its schema.
func localName(table string) string {
	_, name := schema.SplitName(table)
	return goName(name)
}

func isIdentifier(s string) bool { return s != "_" && token.IsIdentifier(s) }

// unused returns name, with a number behind it if it is used already, and notes it.
func unused(used map[string]bool, name string) string {
	free := name
	for n := 2; used[free]; n++ {
		free = name + "_" + strconv.Itoa(n)
	}
	used[free] = true
	return free
}

// shortName returns the name of an index as a tag gives it, without the table's, or false when no tag makes that name.
func shortName(table, index string) (string, bool) {
	_, local := schema.SplitName(table)
	short, ok := strings.CutPrefix(index, local+"_")
	return short, ok && short != "" && !strings.Contains(short, ".") && short != "pkey" &&
		!strings.HasSuffix(short, "_seq") && schema.IndexName(table, short) == index
}
