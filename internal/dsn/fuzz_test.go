package dsn

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/prom-go/prom/internal/dsn/dsntest"
)

// FuzzParseDSN ensures that no text makes the parser panic, that a good DSN prints as one that reads back
// the same, and that what is made of it is well formed.
func FuzzParseDSN(f *testing.F) {
	for _, s := range dsntest.Shapes {
		f.Add(s)
	}
	for _, s := range []string{
		"sqlite://:memory:#m", "sqlite:///a%20b#c?mode=ro&_pragma=cache_size(-1)#n", "postgres://[::1]:1,h/db?port=1",
		"host=:", "host = a\\ b 'c' #d", "postgres://h/db?lock_timeout=1us&a.b=c#x", "sqlite://%2F%2f/x", "postgres://%2Ftmp,:1/%2Fx",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := Parse(s)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "prom: dsn: ") {
				t.Fatalf("error without prefix: %q", err)
			}
			return
		}
		text := d.String()
		again, err := Parse(text)
		if err != nil {
			t.Fatalf("%q prints as %q, which does not read: %v", s, text, err)
		}
		if again.String() != text {
			t.Fatalf("%q prints as %q, then as %q", s, text, again)
		}
		if d.Dialect != again.Dialect || d.Name != again.Name || d.User != again.User || d.Path != again.Path ||
			!slices.Equal(d.Hosts, again.Hosts) || d.Options != again.Options || len(d.params()) != len(again.params()) {
			t.Fatalf("%q and %q differ", s, text)
		}
		if (d.password() != "") != (again.password() != "") {
			t.Fatalf("%q: one has a password", s)
		}
		if d.Dialect == SQLite {
			checkSQLiteURI(t, d)
		} else {
			checkKeywords(t, d)
		}
	})
}

// checkSQLiteURI reads the URI as the driver does.
func checkSQLiteURI(t *testing.T, d DSN) {
	uri, err := SQLiteURI(d, "writer", "m")
	if err != nil {
		t.Fatalf("%q: %v", d, err)
	}
	file, query, _ := strings.Cut(uri, "?")
	values, err := url.ParseQuery(query)
	if err != nil || values.Get("_dqs") != "0" || strings.Contains(file, "#") || strings.Contains(query, "?") {
		t.Fatalf("%q: bad URI %q: %v", d, uri, err)
	}
	path, err := url.PathUnescape(strings.TrimPrefix(strings.TrimPrefix(file, "file:"), "//"))
	if base := d.Path[strings.LastIndex(d.Path, "/")+1:]; d.Path != Memory &&
		(err != nil || !strings.HasSuffix(path, base)) {
		t.Fatalf("%q: path %q in %q", d, path, uri)
	}
}

// checkKeywords reads back what pgx is given.
func checkKeywords(t *testing.T, d DSN) {
	text := d.keywords()
	if text == "" {
		return
	}
	again, err := Parse(text)
	if err != nil {
		t.Fatalf("%q: bad keywords %q: %v", d, text, err)
	}
	if d.User != again.User || d.Path != again.Path || !slices.Equal(d.Hosts, again.Hosts) || again.Name != "" {
		t.Fatalf("%q: other parts in %q", d, text)
	}
}

// FuzzRedact ensures that a secret at the place of a password never comes out, whatever stands around it.
func FuzzRedact(f *testing.F) {
	for shape := range uint8(8) {
		f.Add(shape, "user", "", "", "host/db?x=1#n")
		f.Add(shape, "us:er", "a?b", "/", "h,[::1]:x/%zz?application_name=a")
		f.Add(shape, "'", "\\", "#x", " #n")
	}
	const secret = "S77zQvWk7"
	f.Fuzz(func(t *testing.T, shape uint8, user, before, after, tail string) {
		// An @ that is not encoded moves the place of the password: these are other DSNs.
		for _, s := range []*string{&user, &before, &after} {
			*s = strings.ReplaceAll(*s, "@", "")
		}
		password := before + secret + after
		quote := func(s string) string {
			return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
		}
		var text string
		switch shape % 8 {
		case 0:
			text = "postgres://" + user + ":" + password + "@" + tail
		case 1:
			text = "postgres://" + url.PathEscape(user) + ":" + url.PathEscape(password) + "@" + tail
		case 2:
			if strings.ContainsAny(user, "=:/") || schemes[strings.ToLower(strings.TrimSpace(user))] == SQLite {
				t.Skip("sqlite:secret@host is the path of a file")
			}
			text = user + ":" + password + "@" + tail
		case 3:
			text = "host=h user=" + quote(user) + " password=" + quote(password) + " " + tail
		case 4:
			text = "postgres://h/db?user=" + url.QueryEscape(user) + "&password=" + url.QueryEscape(password) + "&" + tail
		case 5:
			text = "mysql://" + user + ":" + password + "@" + tail
		case 6:
			text = "postgres://h/db?sslpassword=" + url.QueryEscape(password) + "&my.key=" + url.QueryEscape(password) + "#" +
				tail
		case 7:
			text = "sqlite://x.db?_pragma=key('" + url.QueryEscape(password) + "')&" + tail
		}
		d, err := Parse(text)
		js, _ := d.MarshalJSON()
		printed := append(dsntest.ErrorChain(err), d.String(), d.GoString(), string(js))
		if err == nil && d.Dialect == Postgres && shape%8 != 6 { // pgx takes sslpassword in no other way
			printed = append(printed, d.keywords())
		}
		dsntest.CheckNoSecret(t, secret, printed)
	})
}
