package api

import (
	"strings"
	"testing"

	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that users register, log in, change what they tell of themselves, and follow each other.
func TestUsers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		s := newSite(t, e)
		const account = ` {"user":{"username":"ada","bio":null,"image":null,"email":"ada@example.org","token":"`
		s.enter("ada", "POST /users", "201"+account)
		s.enter("bob", "POST /users", "201")
		s.enter("ada", "POST /users/login", "200"+account)
		ada := func(bio, image string) string {
			return `200 {"user":{"username":"ada","bio":` + bio + `,"image":` + image + `,"email":"ada@example.org","token":""}}`
		}
		s.walk(
			step{"ada", "GET /user", "", ada("null", "null")},
			step{"ada", "PUT /user", `{"user":{"bio":"Counts","image":"a.png"}}`, ada(`"Counts"`, `"a.png"`)},
			step{"ada", "PUT /user", `{"user":{"bio":"Computes"}}`, ada(`"Computes"`, `"a.png"`)},
			step{"ada", "PUT /user", `{"user":{"bio":null,"password":"another"}}`, ada("null", `"a.png"`)},
			step{"ada", "PUT /user", `{"user":{"image":null}}`, ada("null", "null")},
			step{"", "POST /users/login", `{"user":{"email":"ada@example.org","password":"another"}}`, ada("null", "null")},

			step{"", "GET /profiles/ada", "", `200 {"profile":` + profile("ada", false) + `}`},
			step{"bob", "POST /profiles/ada/follow", "", `200 {"profile":` + profile("ada", true) + `}`},
			step{"bob", "POST /profiles/ada/follow", "", `200 {"profile":` + profile("ada", true) + `}`},
			step{"bob", "GET /profiles/ada", "", `200 {"profile":` + profile("ada", true) + `}`},
			step{"ada", "GET /profiles/bob", "", `200 {"profile":` + profile("bob", false) + `}`},
			step{"bob", "DELETE /profiles/ada/follow", "", `200 {"profile":` + profile("ada", false) + `}`},
			step{"bob", "DELETE /profiles/ada/follow", "", `200 {"profile":` + profile("ada", false) + `}`},
		)
	})
}

// Ensure that each fault of a request about users has its status and its reason.
func TestUserFaults(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		s := newSite(t, e)
		s.enter("ada", "POST /users", "201")
		s.enter("bob", "POST /users", "201")
		s.tokens["wrong"] = "x"
		s.tokens["forged"] = strings.Replace(s.tokens["ada"], "1", "2", 1)
		s.tokens["late"] = "1-1-" + s.server.sign("1-1")
		blank := `422 {"errors":{"email":["can't be blank"],"password":["can't be blank"],"username":["can't be blank"]}}`
		s.walk(
			step{"", "GET /user", "", fails(401, "token", "is missing")},
			step{"wrong", "GET /user", "", fails(401, "token", "is invalid")},
			step{"forged", "GET /user", "", fails(401, "token", "is invalid")},
			step{"late", "GET /articles", "", fails(401, "token", "has expired")},
			step{"", "POST /users/login", `{"user":{"email":"ada@example.org","password":"x"}}`,
				fails(401, "credentials", "invalid")},
			step{"", "POST /users/login", `{"user":{"email":"eve@example.org"}}`, fails(401, "credentials", "invalid")},
			step{"", "POST /users", `{"user":{"username":"ada","email":"eve@example.org","password":"x"}}`,
				fails(409, "username", "has already been taken")},
			step{"", "POST /users", `{"user":{"username":"eve","email":"Ada@Example.org","password":"x"}}`,
				fails(409, "email", "has already been taken")},
			step{"", "POST /users", `{"user":{}}`, blank},
			step{"", "POST /users", `{}`, fails(422, "user", "is not the JSON that is wanted")},
			step{"", "POST /users", `{"user":`, fails(422, "user", "is not the JSON that is wanted")},
			step{"bob", "PUT /user", `{"user":{"username":"ada"}}`, fails(409, "username", "has already been taken")},
			step{"bob", "PUT /user", `{"user":{"username":""}}`, fails(422, "username", "can't be blank")},
			step{"bob", "GET /profiles/eve", "", fails(404, "profile", "not found")},
			step{"bob", "POST /profiles/eve/follow", "", fails(404, "profile", "not found")},
			step{"bob", "DELETE /profiles/eve/follow", "", fails(404, "profile", "not found")},
			step{"", "POST /profiles/ada/follow", "", fails(401, "token", "is missing")},
			step{"", "DELETE /profiles/ada/follow", "", fails(401, "token", "is missing")},
		)
	})
}
