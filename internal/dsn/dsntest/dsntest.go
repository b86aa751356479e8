// Package dsntest finds secrets of DSNs in what tests have printed. It is for tests alone.
package dsntest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"
)

// Shapes are DSNs, good and bad, in which SECRET is the password or a secret option.
var Shapes = []string{
	// good
	"postgres://user:SECRET@host/db",
	"postgres://user:SECRET@host:5432/db?sslmode=disable#name",
	"postgresql://user:SECRET@[::1]:5433/db",
	"psql://user:SECRET@h1,h2:5433/db",
	"PoStGrEs://user:SECRET@host",
	"postgres://:SECRET@host/db",
	"postgres://user:SECRET@/db",
	"postgres://user:SECRET@",
	"postgres://user:pre@SECRET@host/db",
	"postgres://user:pre:SECRET@host/db",
	"postgres://user:pre#SECRET@host/db",
	"postgres://user:SECRET#@host/db#name",
	"postgres://user:%53ECRET%40x@host/db",
	"postgres://user:SECRET@%2Ftmp/db",
	"postgres://user@host/db?password=SECRET",
	"postgres:///db?host=/tmp&user=u&password=SECRET",
	"postgres://host/db?sslpassword=SECRET",
	"postgres://host/db?sslkey=/SECRET",
	"postgres://host/db?sslcert=/SECRET&sslkey=/x",
	"postgres://host/db?sslrootcert=/SECRET",
	"postgres://host/db?passfile=/SECRET",
	"postgres://host/db?servicefile=/SECRET&service=s",
	"postgres://host/db?options=-c%20my.key%3DSECRET",
	"postgres://host/db?my.key=SECRET",
	"host=localhost user=me password=SECRET",
	"host=localhost user=me password='SECRET it''s'",
	"host=localhost user=me password='SECRET it\\'s' #name",
	"user=me password=a#SECRET dbname=x",
	"sslpassword=SECRET",
	"sqlite://x.db?_pragma=key('SECRET')",
	"sqlite://:memory:?_pragma=hexkey=SECRET",
	"sqlite://x.db?_pragma=rekey(SECRET)#n",
	// bad
	"user:SECRET@host/db",
	"user:SECRET@host//db",
	"SECRET",
	"SECRET@host",
	"//user:SECRET@host/db",
	"://user:SECRET@host/db",
	"mysql://user:SECRET@host/db",
	"jdbc:postgresql://user:SECRET@host/db",
	"postgres:user:SECRET@host/db",
	"postgres:/user:SECRET@host/db",
	"postgres//user:SECRET@host/db",
	"postgres ://user:SECRET@host/db",
	"postgres://user:SECRET",
	"postgres://user:SECRET/db",
	"postgres://user:SECRET@host:port/db",
	"postgres://user:SECRET@host:0/db",
	"postgres://user:SECRET@host:1:2/db",
	"postgres://user:SECRET@[::1/db",
	"postgres://user:SECRET@[x]/db",
	"postgres://user:SECRET@ho st/db",
	"postgres://user:SECRET%zz@host/db",
	"postgres://user:SECRET%@host/db",
	"postgres://user:SECRET@host/%zz",
	"postgres://user:SECRET@host/db\x00",
	"postgres://user:pre/SECRET@host/db",
	"postgres://user:1/SECRET@host/db",
	"postgres://user:1?SECRET@host/db",
	"postgres://user:1?application_name=SECRET@host/db",
	"postgres://user:1?x&SECRET@host/db",
	"postgres://user:pre?SECRET@host/db",
	"postgres://user:SECRET@host/db?password=SECRET",
	"postgres://host/db?password=pre&SECRET=x",
	"postgres://host/db?password=pre&SECRET",
	"postgres://host/db?SECRET",
	"postgres://host/db?unknown=SECRET",
	"postgres://host/db?sslmode=SECRET",
	"postgres://host/db?readonly=SECRET",
	"postgres://host/db?pool_maxconn=SECRET",
	"postgres://host/db?connect_timeout=SECRET",
	"postgres://host/db?require_auth=SECRET",
	"postgres://host/db?port=SECRET",
	"postgres://host/db?_pragma=SECRET",
	"postgres://user:SECRET@host/db?readonly=1&readonly=1",
	"postgres://user:SECRET@host/db?pool_minconn=3&pool_maxconn=2",
	"host=localhost password='SECRET",
	"host=localhost password=pre SECRET",
	"host=localhost password=pre SECRET=x",
	"host=localhost password=SECRET#name",
	"host=localhost password=SECRET user",
	"password = SECRET = x",
	"sqlite://user:SECRET@host/x.db",
	"sqlite://:SECRET@host/x.db",
	"sqlite://user:pre/SECRET@host/x.db",
	"sqlite://x.db?_pragma=key('SECRET');",
	"sqlite://x.db?_pragma=SECRET",
	"sqlite://x.db?_journal_mode=SECRET",
	"sqlite://x.db?_time_format=SECRET",
	"sqlite://x.db?key=SECRET",
}

// Printings renders v in every way that a program prints things, inside of other values too, and further values.
func Printings(v any, more ...any) []string {
	type holder struct {
		Public  any
		private any
	}
	values := append([]any{v, &v, []any{v}, map[string]any{"k": v}, holder{v, v}, &holder{v, v}}, more...)
	var out []string
	for _, x := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%p", "%T", "%w", "%!", "%-80v", "%c",
			"extra"} {
			out = append(out, fmt.Sprintf(verb, x))
		}
		out = append(out, fmt.Sprint(x))
		if b, err := json.Marshal(x); err == nil {
			out = append(out, string(b))
		} else {
			out = append(out, err.Error())
		}
		var text, js bytes.Buffer
		options := &slog.HandlerOptions{Level: slog.LevelDebug}
		slog.New(slog.NewTextHandler(&text, options)).Info("m", "v", x, slog.Group("g", slog.Any("v", x)))
		slog.New(slog.NewJSONHandler(&js, options)).Info("m", "v", x, slog.Group("g", slog.Any("v", x)))
		out = append(out, text.String(), js.String())
	}
	return out
}

// ErrorChain renders an error and all that it wraps.
func ErrorChain(err error) []string {
	if err == nil {
		return nil
	}
	out := Printings(err)
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		out = append(out, ErrorChain(e.Unwrap())...)
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			out = append(out, ErrorChain(inner)...)
		}
	}
	return out
}

// encodings are the forms in which a secret may come out.
func encodings(secret string) []string {
	return []string{
		secret, strings.ToLower(secret), strings.ToUpper(secret), url.QueryEscape(secret),
		fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret), fmt.Sprintf("%d", []byte(secret)),
		strings.Trim(fmt.Sprintf("%#v", []byte(secret)), "[]byte{}"),
	}
}

// CheckNoSecret fails the test when one of the texts holds the secret, in any form.
func CheckNoSecret(t *testing.T, secret string, printed []string) {
	t.Helper()
	for _, s := range printed {
		for _, e := range encodings(secret) {
			if strings.Contains(s, e) {
				t.Errorf("the secret is in %q", s)
				return
			}
		}
	}
}
