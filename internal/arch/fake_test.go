package arch_test

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
)

type faked struct{ prom.Model }

// Ensure that docs/guide/testing.md lists the methods of a repo that an interface of an application's own can have and
// a fake can implement: those that neither take nor return what a repo alone can make, such as queries.
func TestFakeable(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	made := regexp.MustCompile(`prom\.(Query|Repo|Conflict|Cond|Order|Column|Relation|DB|WatchOption)\b|schema\.Table\b`)
	var plain []string
	repo := reflect.TypeFor[*prom.Repo[faked]]()
	for m := range repo.Methods() {
		signature := strings.Replace(m.Type.String(), repo.String(), "", 1)
		if !made.MatchString(signature) && !strings.HasPrefix(m.Name, "Unsafe") {
			plain = append(plain, m.Name)
		}
	}
	is.True(len(plain) > 20)
	page, err := os.ReadFile(root + "/docs/guide/testing.md")
	is.NoErr(err)
	_, section, found := strings.Cut(string(page), "\nA repo has these methods for such an interface: ")
	is.True(found)
	list, _, _ := strings.Cut(section, "\n\n")
	var listed []string
	for _, name := range regexp.MustCompile("`([A-Za-z]+)`").FindAllStringSubmatch(list, -1) {
		listed = append(listed, name[1])
	}
	slices.Sort(listed)
	is.Equal(strings.Join(listed, " "), strings.Join(plain, " "))
}
