package check

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// document is what the crawler reads of a page.
type document struct {
	title, description string
	links              []string
	ids                []string
}

// Ensure that a crawler which begins at the first page reaches all pages, that no link of the site is dead, and that
// each page has a title and a description of its own.
func TestCrawl(t *testing.T) {
	t.Parallel()
	base, pages := serve(t)
	documents := map[string]*document{}
	queue := []string{"/"}
	type use struct{ from, to, anchor string }
	var uses []use
	files := map[string]int{} // the status of what is no page
	for len(queue) > 0 {
		page := queue[0]
		queue = queue[1:]
		if documents[page] != nil {
			continue
		}
		status, d := fetch(t, base+page)
		if status != http.StatusOK {
			t.Errorf("%s: status %d", page, status)
			continue
		}
		documents[page] = d
		for _, link := range d.links {
			to, err := url.Parse(link)
			if err != nil {
				t.Errorf("%s: the link %s: %v", page, link, err)
				continue
			}
			if to.Scheme != "" || to.Host != "" {
				continue // of another site
			}
			to = (&url.URL{Path: page}).ResolveReference(to)
			if slices.Contains(pages, to.Path) {
				uses = append(uses, use{page, to.Path, to.Fragment})
				queue = append(queue, to.Path)
			} else if files[to.Path] == 0 {
				if files[to.Path], _ = fetch(t, base+to.Path); files[to.Path] != http.StatusOK {
					t.Errorf("%s: the link %s leads nowhere", page, link)
				}
			}
		}
	}
	for _, u := range uses {
		if d := documents[u.to]; u.anchor != "" && d != nil && !slices.Contains(d.ids, u.anchor) {
			t.Errorf("%s: the link to %s#%s leads to no element", u.from, u.to, u.anchor)
		}
	}
	titles, descriptions := map[string]string{}, map[string]string{}
	for _, page := range pages {
		d := documents[page]
		if d == nil {
			t.Errorf("%s: no link leads to it", page)
			continue
		}
		if d.title == "" || titles[d.title] != "" {
			t.Errorf("%s: the title %q is empty, or that of %s", page, d.title, titles[d.title])
		}
		if d.description == "" || descriptions[d.description] != "" {
			t.Errorf("%s: the description %q is empty, or that of %s", page, d.description, descriptions[d.description])
		}
		titles[d.title], descriptions[d.description] = page, page
	}
	t.Logf("%d pages, %d links between them", len(documents), len(uses))
}

// fetch reads a page.
func fetch(t *testing.T, address string) (int, *document) {
	t.Helper()
	r, err := http.Get(address) //nolint:noctx // of this process
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
		_, _ = io.Copy(io.Discard, r.Body)
		return r.StatusCode, nil
	}
	root, err := html.Parse(r.Body)
	if err != nil {
		t.Fatal(address, err)
	}
	d := &document{}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		attrs := map[string]string{}
		for _, a := range n.Attr {
			attrs[a.Key] = a.Val
		}
		if id := attrs["id"]; id != "" {
			d.ids = append(d.ids, id)
		}
		switch n.Data {
		case "title":
			if n.FirstChild != nil && d.title == "" {
				d.title = strings.TrimSpace(n.FirstChild.Data)
			}
		case "meta":
			if attrs["name"] == "description" {
				d.description = attrs["content"]
			}
		case "a", "link":
			if attrs["href"] != "" {
				d.links = append(d.links, attrs["href"])
			}
		case "img", "script":
			if attrs["src"] != "" && !strings.HasPrefix(attrs["src"], "data:") {
				d.links = append(d.links, attrs["src"])
			}
		}
	}
	return r.StatusCode, d
}
