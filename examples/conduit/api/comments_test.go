package api

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prom-go/prom/internal/dbtest"
)

// remark is a comment in JSON, as somebody sees it.
func remark(id int, author string, following bool, body string) string {
	return fmt.Sprintf(`{"id":%d,"author":%s,"body":"%s","createdAt":"","updatedAt":""}`,
		id, profile(author, following), body)
}

// remarks is an answer with comments.
func remarks(list ...string) string { return `200 {"comments":[` + strings.Join(list, ",") + `]}` }

// said is an answer with a comment of an author whom the viewer does not follow.
func said(status, id int, author, body string) string {
	return fmt.Sprintf(`%d {"comment":%s}`, status, remark(id, author, false, body))
}

// Ensure that comments are listed, latest first, with the flags of each viewer, that only their authors delete them,
// and that each fault has its status and its reason.
func TestComments(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		s := newSite(t, e)
		s.write()
		const path = "/articles/north-dragons/comments"
		s.walk(
			step{"bob", "POST /profiles/ada/follow", "", `200 {"profile":` + profile("ada", true) + `}`},
			step{"", "GET " + path, "", remarks()},
			step{"bob", "POST " + path, `{"comment":{"body":"Really?"}}`, said(201, 1, "bob", "Really?")},
			step{"ada", "POST " + path, `{"comment":{"body":"Yes"}}`, said(201, 2, "ada", "Yes")},
			step{"", "GET " + path, "", remarks(remark(2, "ada", false, "Yes"), remark(1, "bob", false, "Really?"))},
			step{"bob", "GET " + path, "", remarks(remark(2, "ada", true, "Yes"), remark(1, "bob", false, "Really?"))},
			step{"", "GET /articles/south-dragons/comments", "", remarks()},

			step{"", "POST " + path, `{"comment":{"body":"x"}}`, fails(401, "token", "is missing")},
			step{"bob", "POST " + path, `{"comment":{}}`, fails(422, "body", "can't be blank")},
			step{"bob", "POST /articles/none/comments", `{"comment":{"body":"x"}}`, fails(404, "article", "not found")},
			step{"bob", "GET /articles/none/comments", "", fails(404, "article", "not found")},
			step{"bob", "DELETE /articles/none/comments/1", "", fails(404, "article", "not found")},
			step{"bob", "DELETE /articles/south-dragons/comments/1", "", fails(404, "comment", "not found")},
			step{"bob", "DELETE " + path + "/9", "", fails(404, "comment", "not found")},
			step{"bob", "DELETE " + path + "/x", "", fails(404, "comment", "not found")},
			step{"bob", "DELETE " + path + "/2", "", fails(403, "comment", "forbidden")},
			step{"bob", "DELETE " + path + "/1", "", "204"},
			step{"bob", "GET " + path, "", remarks(remark(2, "ada", true, "Yes"))},
		)
	})
}
