package schema_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/schema"
)

// Ensure that a name from before is refused when another field has it now, or tells it as well.
func TestTakenWas(t *testing.T) {
	t.Parallel()
	type taken struct {
		ID    int64  `prom:"key"`
		Title string `prom:"was=name"`
		Name  string
	}
	type takenTag struct {
		ID    int64  `prom:"key"`
		Title string `prom:"was=Label"`
		Other string `prom:"label"`
	}
	type twice struct {
		ID    int64  `prom:"key"`
		Title string `prom:"was=name"`
		Label string `prom:"was=name"`
	}
	for want, model := range map[string]reflect.Type{
		"field Title: was=name: the column of field Name has that name now":   reflect.TypeFor[taken](),
		"field Title: was=Label: the column of field Other has that name now": reflect.TypeFor[takenTag](),
		"field Title: was=name: field Label has the same old name":            reflect.TypeFor[twice](),
	} {
		is := is.New(t)
		_, err := schema.Of(model)
		is.True(err != nil)
		is.True(strings.Contains(err.Error(), want))
	}
}
