package api

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prom-go/prom/internal/dbtest"
)

// seen is an article as somebody sees it.
type seen struct {
	title, author, body string
	tags                string // in JSON
	count               int
	favorited           bool
	following           bool
}

// told is the article in JSON, which lists tell without its body.
func (a seen) told(body string) string {
	return fmt.Sprintf(`{"author":%s,"title":"%s","description":"About it",%s"slug":"%s","tagList":[%s],`+
		`"favoritesCount":%d,"favorited":%v,"createdAt":"","updatedAt":""}`,
		profile(a.author, a.following), a.title, body, slug(a.title), a.tags, a.count, a.favorited)
}

// alone is an answer with the article.
func (a seen) alone(status int) string {
	return fmt.Sprintf(`%d {"article":%s}`, status, a.told(`"body":"`+a.body+`",`))
}

// list is an answer with articles, of so many in all.
func list(total int, articles ...seen) string {
	var told []string
	for _, a := range articles {
		told = append(told, a.told(""))
	}
	return fmt.Sprintf(`200 {"articles":[%s],"articlesCount":%d}`, strings.Join(told, ","), total)
}

// write makes three articles on a site with two users.
func (s *site) write() (north, south, tame seen) {
	s.Helper()
	s.enter("ada", "POST /users", "201")
	s.enter("bob", "POST /users", "201")
	north = seen{title: "North dragons!", author: "ada", body: "Cold", tags: `"dragons","ice"`}
	south = seen{title: "South dragons", author: "ada", body: "Hot", tags: `"dragons"`}
	tame = seen{title: "Tame dragons", author: "bob", body: "None"}
	s.walk(
		step{"ada", "POST /articles", `{"article":{"title":"North dragons!","description":"About it","body":"Cold",` +
			`"tagList":["ice","dragons","ice"]}}`, north.alone(201)},
		step{"ada", "POST /articles", `{"article":{"title":"South dragons","description":"About it","body":"Hot",` +
			`"tagList":["dragons"]}}`, south.alone(201)},
		step{"bob", "POST /articles", `{"article":{"title":"Tame dragons","description":"About it","body":"None"}}`,
			tame.alone(201)},
	)
	return north, south, tame
}

// Ensure that lists tell each viewer what they like and follow, and everybody how many like an article, and that they
// are filtered and paged, with the number of all articles.
func TestLists(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		s := newSite(t, e)
		s.walk(step{"", "GET /articles", "", list(0)}, step{"", "GET /tags", "", `200 {"tags":[]}`})
		north, south, tame := s.write()

		bobs, adas := north, north // as bob and ada see it
		bobs.count, bobs.favorited, bobs.following = 1, true, true
		adas.count, adas.favorited = 2, true
		s.walk(
			step{"bob", "GET /articles/feed", "", list(0)},
			step{"bob", "POST /profiles/ada/follow", "", `200 {"profile":` + profile("ada", true) + `}`},
			step{"bob", "POST /articles/north-dragons/favorite", "", bobs.alone(200)},
			step{"bob", "POST /articles/north-dragons/favorite", "", bobs.alone(200)},
			step{"ada", "POST /articles/north-dragons/favorite", "", adas.alone(200)},
		)
		adas.count, adas.favorited, north.count = 1, false, 1
		followed := south
		followed.following = true
		s.walk(
			step{"ada", "DELETE /articles/north-dragons/favorite", "", adas.alone(200)},
			step{"ada", "DELETE /articles/north-dragons/favorite", "", adas.alone(200)},
			step{"bob", "GET /articles", "", list(3, tame, followed, bobs)},
			step{"ada", "GET /articles", "", list(3, tame, south, adas)},
			step{"", "GET /articles", "", list(3, tame, south, north)},
			step{"bob", "GET /articles/feed", "", list(2, followed, bobs)},
			step{"bob", "GET /articles/feed?limit=1&offset=1", "", list(2, bobs)},
			step{"ada", "GET /articles/feed", "", list(0)},

			step{"", "GET /articles?tag=ice", "", list(1, north)},
			step{"", "GET /articles?author=bob", "", list(1, tame)},
			step{"", "GET /articles?favorited=bob", "", list(1, north)},
			step{"", "GET /articles?tag=dragons&author=ada&limit=1", "", list(2, south)},
			step{"", "GET /articles?tag=dragons&author=ada&limit=1&offset=1", "", list(2, north)},
			step{"", "GET /articles?tag=dragons&author=bob", "", list(0)},
			step{"", "GET /articles?offset=9", "", list(3)},
			step{"", "GET /articles?limit=0", "", fails(422, "limit", "is not a number from 1")},
			step{"", "GET /articles?offset=x", "", fails(422, "offset", "is not a number from 0")},
			step{"", "GET /tags", "", `200 {"tags":["dragons","ice"]}`},
		)
	})
}

// Ensure that articles change as their authors say, and go with what belongs to them.
func TestArticles(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		s := newSite(t, e)
		north, south, tame := s.write()
		south.title, south.tags = "South, dragons", `"dragons","fire"`
		s.walk(step{"ada", "PUT /articles/south-dragons",
			`{"article":{"title":"South, dragons","tagList":["fire","dragons"]}}`, south.alone(200)})
		south.body, south.tags = "Warm", ""
		north.body = "Icy"
		s.walk(
			step{"ada", "PUT /articles/south-dragons", `{"article":{"body":"Warm","tagList":[]}}`, south.alone(200)},
			step{"ada", "PUT /articles/north-dragons", `{"article":{"body":"Icy"}}`, north.alone(200)},
			step{"", "GET /articles/north-dragons", "", north.alone(200)},
			step{"", "GET /articles", "", list(3, tame, south, north)},
			step{"bob", "POST /articles/north-dragons/comments", `{"comment":{"body":"Brr"}}`,
				said(201, 1, "bob", "Brr")},
			step{"ada", "DELETE /articles/north-dragons", "", "204"},
			step{"", "GET /articles/north-dragons", "", fails(404, "article", "not found")},
			step{"", "GET /articles", "", list(2, tame, south)},
		)
	})
}

// Ensure that each fault of a request about articles has its status and its reason, and that nothing is left of it.
func TestArticleFaults(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		s := newSite(t, e)
		north, south, tame := s.write()
		blank := `422 {"errors":{"body":["can't be blank"],"description":["can't be blank"],"slug":["can't be blank"]}}`
		s.walk(
			step{"", "POST /articles", `{"article":{}}`, fails(401, "token", "is missing")},
			step{"", "GET /articles/feed", "", fails(401, "token", "is missing")},
			step{"bob", "POST /articles", `{"article":{"title":"?"}}`, blank},
			step{"bob", "POST /articles", `{"article":{"title":"north Dragons","description":"x","body":"x","tagList":["new"]}}`,
				fails(409, "slug", "has already been taken")},
			step{"bob", "POST /articles", `{"article":{"title":"x","description":"x","body":"x","tagList":["new",""]}}`,
				fails(422, "name", "a value is required")},
			step{"bob", "PUT /articles/tame-dragons", `{"article":{"title":"North dragons"}}`,
				fails(409, "slug", "has already been taken")},
			step{"bob", "PUT /articles/north-dragons", `{"article":{"body":"x"}}`, fails(403, "article", "forbidden")},
			step{"bob", "DELETE /articles/north-dragons", "", fails(403, "article", "forbidden")},
			step{"", "DELETE /articles/north-dragons", "", fails(401, "token", "is missing")},
			step{"bob", "GET /articles/none", "", fails(404, "article", "not found")},
			step{"bob", "PUT /articles/none", `{}`, fails(404, "article", "not found")},
			step{"bob", "DELETE /articles/none", "", fails(404, "article", "not found")},
			step{"bob", "POST /articles/none/favorite", "", fails(404, "article", "not found")},
			step{"bob", "DELETE /articles/none/favorite", "", fails(404, "article", "not found")},
			step{"", "GET /articles", "", list(3, tame, south, north)},
			step{"", "GET /tags", "", `200 {"tags":["dragons","ice"]}`},
		)
	})
}
