package promtest

import (
	"fmt"
	"strings"
)

// likeness is what texts of a name are like.
type likeness struct {
	words []string
	make  func(g *gen) string
}

// own are the first words of those for which no Faker is asked: their texts could reach somebody, or have a form.
var own = []string{"email", "url", "ip", "mac", "phone", "slug", "username", "country_code", "zip", "currency",
	"language", "color", "domain", "file"}

// names are the texts that suit the names of columns, and their words; the first that fits counts. Everything that
// could reach somebody is of what is reserved for examples: the domains of RFC 2606, the addresses of RFC 5737, the
// telephone numbers 555-01xx.
var names = []likeness{
	{[]string{"email", "mail", "e_mail"}, func(g *gen) string {
		return g.plain("first_name", firstNames) + "." + g.plain("last_name", lastNames) + g.suffix("") + "@example.com"
	}},
	{[]string{"url", "uri", "link", "website", "homepage", "href"}, func(g *gen) string {
		return "https://example.com/" + g.slug()
	}},
	{[]string{"ip", "ip_address", "ipv4", "addr"}, func(g *gen) string {
		if g.distinct {
			return fmt.Sprintf("198.18.%d.%d", g.n/256%256, g.n%256)
		}
		return fmt.Sprintf("192.0.2.%d", 1+g.rng.IntN(254))
	}},
	{[]string{"mac"}, func(g *gen) string { return fmt.Sprintf("00:00:5e:00:%02x:%02x", g.n/256%256, g.n%256) }},
	{[]string{"phone", "telephone", "mobile", "tel", "fax"}, func(g *gen) string {
		n := g.rng.IntN(100)
		if g.distinct {
			n = g.n
		}
		return fmt.Sprintf("+1-%03d-555-01%02d", 200+n/100%800, n%100)
	}},
	{[]string{"slug", "handle", "permalink"}, (*gen).slug},
	{[]string{"username", "login", "nick", "nickname", "user_name"}, func(g *gen) string {
		return g.plain("first_name", firstNames) + g.suffix("")
	}},
	{[]string{"first_name", "firstname", "forename", "given_name", "first"},
		func(g *gen) string { return pick(g.rng, firstNames) + g.suffix(" ") }},
	{[]string{"last_name", "lastname", "surname", "family_name", "last"},
		func(g *gen) string { return pick(g.rng, lastNames) + g.suffix(" ") }},
	{[]string{"company", "organization", "organisation", "employer"}, func(g *gen) string {
		return pick(g.rng, lastNames) + " & " + pick(g.rng, lastNames) + g.suffix(" ")
	}},
	{[]string{"city", "town"}, func(g *gen) string { return pick(g.rng, cities) + g.suffix(" ") }},
	{[]string{"country_code"}, func(g *gen) string { return pick(g.rng, countryCodes) }},
	{[]string{"country"}, func(g *gen) string { return pick(g.rng, countries) + g.suffix(" ") }},
	{[]string{"zip", "postcode", "zipcode", "postal"}, func(g *gen) string {
		if g.distinct {
			return fmt.Sprintf("%05d", g.n%100000)
		}
		return fmt.Sprintf("%05d", 10000+g.rng.IntN(90000))
	}},
	{[]string{"street", "address"}, func(g *gen) string {
		return fmt.Sprintf("%d %s Street", 1+g.rng.IntN(99)+100*g.number(), pick(g.rng, lastNames))
	}},
	{[]string{"currency"}, func(g *gen) string { return pick(g.rng, []string{"EUR", "USD", "GBP", "JPY", "CHF"}) }},
	{[]string{"language", "locale", "lang"},
		func(g *gen) string { return pick(g.rng, []string{"en", "de", "fr", "es", "ja"}) }},
	{[]string{"color", "colour"}, func(g *gen) string { return fmt.Sprintf("#%06x", g.rng.IntN(1<<24)) }},
	{[]string{"domain", "host", "hostname"},
		func(g *gen) string { return strings.ReplaceAll(g.slug(), "-", "") + ".example.com" }},
	{[]string{"file", "filename", "path"}, func(g *gen) string { return g.slug() + ".txt" }},
	{[]string{"body", "text", "content", "description", "summary", "comment", "message", "bio", "note", "notes"},
		func(g *gen) string {
			return capital(pick(g.rng, adjectives)) + " " + pick(g.rng, nouns) + " " + pick(g.rng, verbs) + " the " +
				pick(g.rng, adjectives) + " " +
				pick(g.rng, nouns) + g.suffix(" ") + "."
		}},
	{[]string{"title", "subject", "headline", "heading", "label"}, func(g *gen) string {
		return "The " + capital(pick(g.rng, adjectives)) + " " + capital(pick(g.rng, nouns)) + g.suffix(" ")
	}},
	{[]string{"name", "author", "full_name", "fullname", "owner", "person"}, func(g *gen) string {
		return pick(g.rng, firstNames) + " " + pick(g.rng, lastNames) + g.suffix(" ")
	}},
}

// plain returns a name as it may stand in an address: of the letters a to z.
func (g *gen) plain(column string, list []string) string {
	s := ""
	if g.faker != nil {
		s = strings.Map(func(r rune) rune {
			if r < 'a' || r > 'z' {
				return -1
			}
			return r
		}, strings.ToLower(g.faker.Fake(g.rng, column)))
	}
	if s == "" {
		s = strings.ToLower(pick(g.rng, list))
	}
	return s
}

func (g *gen) slug() string {
	return pick(g.rng, adjectives) + "-" + pick(g.rng, nouns) + g.suffix("-")
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

var (
	firstNames = []string{"Ada", "Alan", "Barbara", "Donald", "Edsger", "Frances", "Grace", "Hedy", "Ida", "Jean",
		"John", "Karen", "Leslie", "Lynn", "Margaret", "Radia", "Sophie", "Tim"}
	lastNames = []string{"Allen", "Bartik", "Codd", "Dijkstra", "Hamilton", "Hoare", "Hopper", "Knuth", "Lamport",
		"Liskov", "Lovelace", "Perlman", "Ritchie", "Rhodes", "Turing", "Wilson"}
	cities = []string{"Aarhus", "Bergen", "Cork", "Dakar", "Essen", "Fukuoka", "Ghent", "Hobart", "Izmir", "Kyoto",
		"Lima", "Oslo", "Porto", "Quito", "Turin", "Utrecht"}
	countries = []string{"Chile", "Denmark", "Estonia", "France", "Ghana", "Iceland", "Japan", "Kenya", "Norway",
		"Peru", "Portugal", "Spain"}
	countryCodes = []string{"CL", "DK", "EE", "FR", "GH", "IS", "JP", "KE", "NO", "PE", "PT", "ES"}
	adjectives   = []string{"amber", "brave", "calm", "clever", "distant", "early", "gentle", "golden", "hidden", "lively",
		"narrow", "quiet", "silver", "steady", "swift", "wide"}
	nouns = []string{"anchor", "bridge", "canyon", "engine", "forest", "garden", "harbor", "island", "lantern",
		"meadow", "orchard", "river", "signal", "tower", "valley", "window"}
	verbs = []string{"crosses", "follows", "greets", "keeps", "leaves", "meets", "passes", "remembers", "seeks",
		"watches"}
)
