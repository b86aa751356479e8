package promseed

import (
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/brianvoe/gofakeit/v7"

	"github.com/prom-go/prom/promtest"
)

// Faker returns a [promtest.Faker] with the words of gofakeit, in English: names of people, companies and products,
// places, titles, sentences and more, chosen by the names of columns. It is safe for concurrent use.
func Faker() promtest.Faker { return faker{} }

type faker struct{}

// Fake implements [promtest.Faker].
func (faker) Fake(rng *rand.Rand, column string) string {
	column = strings.ToLower(column)
	words := strings.FieldsFunc(column, func(r rune) bool { return r == '_' || r == ' ' || r == '-' })
	for _, k := range kinds {
		if slices.Contains(k.columns, column) {
			return k.fake(gofakeit.NewFaker(rng, false))
		}
	}
	for _, k := range kinds { // the last word says most: company_city is a city
		if len(words) > 1 && slices.Contains(k.columns, words[len(words)-1]) {
			return k.fake(gofakeit.NewFaker(rng, false))
		}
	}
	return ""
}

// kinds are what columns are called, and their texts; the first that fits counts.
var kinds = []struct {
	columns []string
	fake    func(f *gofakeit.Faker) string
}{
	{[]string{"first_name", "firstname", "forename", "given_name"}, (*gofakeit.Faker).FirstName},
	{[]string{"middle_name"}, (*gofakeit.Faker).MiddleName},
	{[]string{"last_name", "lastname", "surname", "family_name"}, (*gofakeit.Faker).LastName},
	{[]string{"company", "company_name", "organization", "organisation", "employer", "vendor", "supplier", "brand"},
		(*gofakeit.Faker).Company},
	{[]string{"product", "product_name", "item", "article_name"}, (*gofakeit.Faker).ProductName},
	{[]string{"category", "product_category"}, (*gofakeit.Faker).ProductCategory},
	{[]string{"material"}, (*gofakeit.Faker).ProductMaterial},
	{[]string{"book_title", "book"}, (*gofakeit.Faker).BookTitle},
	{[]string{"author"}, (*gofakeit.Faker).BookAuthor},
	{[]string{"genre"}, (*gofakeit.Faker).BookGenre},
	{[]string{"movie", "film"}, (*gofakeit.Faker).MovieName},
	{[]string{"song", "track"}, (*gofakeit.Faker).SongName},
	{[]string{"artist", "band"}, (*gofakeit.Faker).SongArtist},
	{[]string{"name", "full_name", "fullname", "owner", "person", "contact", "customer", "user", "display_name"},
		(*gofakeit.Faker).Name},
	{[]string{"job", "job_title", "position", "occupation", "profession"}, (*gofakeit.Faker).JobTitle},
	{[]string{"school", "university"}, (*gofakeit.Faker).School},
	{[]string{"bank", "bank_name"}, (*gofakeit.Faker).BankName},
	{[]string{"street", "address", "address_line", "line1"}, (*gofakeit.Faker).Street},
	{[]string{"city", "town", "place"}, (*gofakeit.Faker).City},
	{[]string{"state", "province"}, (*gofakeit.Faker).State},
	{[]string{"country"}, (*gofakeit.Faker).Country},
	{[]string{"gender"}, (*gofakeit.Faker).Gender},
	{[]string{"hobby", "interest"}, (*gofakeit.Faker).Hobby},
	{[]string{"animal", "pet"}, (*gofakeit.Faker).Animal},
	{[]string{"car", "model"}, (*gofakeit.Faker).CarModel},
	{[]string{"make", "manufacturer"}, (*gofakeit.Faker).CarMaker},
	{[]string{"fruit"}, (*gofakeit.Faker).Fruit},
	{[]string{"dish", "meal"}, (*gofakeit.Faker).Dinner},
	{[]string{"slogan", "tagline", "motto"}, (*gofakeit.Faker).Slogan},
	{[]string{"color", "colour"}, (*gofakeit.Faker).Color},
	{[]string{"user_agent", "agent"}, (*gofakeit.Faker).UserAgent},
	{[]string{"mime_type", "content_type"}, (*gofakeit.Faker).FileMimeType},
	{[]string{"timezone", "time_zone"}, (*gofakeit.Faker).TimeZoneRegion},
	{[]string{"title", "headline", "subject", "heading"}, func(f *gofakeit.Faker) string {
		s := strings.TrimRight(f.HipsterSentence(), ".")
		words := strings.Fields(s)
		return strings.Join(words[:min(len(words), 5)], " ")
	}},
	{[]string{"bio", "about"}, (*gofakeit.Faker).Bio},
	{[]string{"comment", "remark", "note", "notes", "message", "review", "feedback"}, (*gofakeit.Faker).Comment},
	{[]string{"summary", "description", "excerpt", "caption"}, func(f *gofakeit.Faker) string { return f.Sentence() }},
	{[]string{"body", "content", "text"}, func(f *gofakeit.Faker) string { return f.Paragraph() }},
	{[]string{"question"}, (*gofakeit.Faker).Question},
	{[]string{"quote"}, (*gofakeit.Faker).Quote},
	{[]string{"tag", "keyword", "word", "topic"}, (*gofakeit.Faker).NounCommon},
}
