package check

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// dist is the folder of the built site.
const dist = "../../../site/dist"

// serve serves the built site as a static host does, and lists the paths of its pages.
func serve(t *testing.T) (base string, pages []string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dist, "index.html")); err != nil {
		t.Fatal("the site is not built: run make site first: ", err)
	}
	err := filepath.WalkDir(dist, func(name string, _ os.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".html" {
			return err
		}
		rel, err := filepath.Rel(dist, name)
		if rel = filepath.ToSlash(rel); rel != "404.html" {
			pages = append(pages, "/"+strings.TrimSuffix(rel, "index.html"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(pages)
	server := httptest.NewServer(http.FileServer(http.Dir(dist)))
	t.Cleanup(server.Close)
	return server.URL, pages
}
