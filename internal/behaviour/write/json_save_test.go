package write_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// house is a document of which the struct knows some keys.
type house struct {
	City  string `json:"city"`
	Rooms []room `json:"rooms,omitempty"`
	Owner *struct {
		Name string `json:"name"`
	} `json:"owner"`
}

type room struct {
	Name string `json:"name"`
}

// folder has documents of which the fields keep less than is stored.
type folder struct {
	prom.Model
	House house
	Maybe *house
	Meta  map[string]any
	Any   any
	Note  string
}

var folderProto = prom.Proto[folder]()

const (
	houseText = `{"city":"a","owner":{"age":7,"name":"o"},"rooms":[{"area":1.50,"name":"r"},{"area":2,"name":"s"}],"extra":1}`
	metaText  = `{"n":1085238870184050699,"in":{"n":1085238870184050699,"k":1},"list":[1085238870184050699,{"n":1.10,"k":1}]}`
)

// documents returns a document as the engine stored it, without spaces.
func documents(t *testing.T, db *prom.DB, column string) string {
	t.Helper()
	return strings.ReplaceAll(kit.ScanOne[string](t, db, "SELECT CAST("+column+" AS TEXT) FROM folder"), " ", "")
}

// Ensure that saving one key of a document leaves the others as they are stored: keys that the struct does not know,
// and the digits of numbers.
func TestSaveKeepsDocuments(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		folders := prom.NewRepo[folder](prom.Using(db))
		first := kit.MustCreate(t, folders, folder{})
		reset := func() {
			kit.RunSQL(t, db, fmt.Sprintf("UPDATE folder SET house = '%s', maybe = '%s', meta = '%s', \"any\" = '%s'", houseText,
				houseText, metaText, metaText))
		}
		get := func(ctx context.Context) (*folder, error) { return folders.Get(ctx, first.ID) }
		loads := map[string]func(ctx context.Context) (*folder, error){
			"get": get,
			"all": func(ctx context.Context) (*folder, error) {
				list, err := folders.All(ctx)
				return &list[0], err
			},
			"only": func(ctx context.Context) (*folder, error) {
				return folders.Query().Only(prom.JSONOf(folderProto, &folderProto.Any),
					prom.JSONOf(folderProto, &folderProto.House),
					prom.NullJSONOf(folderProto, &folderProto.Maybe), prom.JSONOf(folderProto, &folderProto.Meta)).First(ctx)
			},
			"raw": func(ctx context.Context) (*folder, error) {
				f, err := prom.RawQuery[folder](folders,
					`SELECT house, meta, maybe, "any", _created, _id, _updated, note FROM folder`).First(ctx)
				return &f, err
			},
			"saved": func(ctx context.Context) (*folder, error) {
				f, err := get(ctx)
				is.NoErr(err)
				f.Note += "x"
				return f, folders.Save(ctx, f)
			},
		}
		saves := map[string]func(ctx context.Context, f *folder) error{
			"save":   folders.Save,
			"upsert": func(ctx context.Context, f *folder) error { return folders.Upsert(ctx, f) },
			"batch": func(ctx context.Context, f *folder) error {
				var b prom.Batch
				prom.Queue(&b, folders).Update(f)
				return b.Run(ctx)
			},
		}
		for load := range loads {
			for save := range saves {
				reset()
				f, err := loads[load](ctx)
				is.NoErr(err)
				f.House.City, f.House.Rooms[1].Name, f.Maybe.Owner.Name = "b", "t", "p"
				f.Meta["new"], f.Meta["in"].(map[string]any)["k"] = 2, 2
				f.Any.(map[string]any)["list"].([]any)[1].(map[string]any)["k"] = 2
				is.NoErr(saves[save](ctx, f))
				is.Equal(len(folders.Modified(f)), 0)
				same(t, documents(t, db, "house"), strings.NewReplacer(`"city":"a"`, `"city":"b"`, `"name":"s"`,
					`"name":"t"`).Replace(houseText))
				same(t, documents(t, db, "maybe"), strings.Replace(houseText, `"name":"o"`, `"name":"p"`, 1))
				same(t, documents(t, db, "meta"), strings.Replace(strings.Replace(metaText, `"k":1`, `"k":2`, 1), "{", `{"new":2,`,
					1))
				same(t, documents(t, db, `"any"`), strings.Replace(metaText, `{"n":1.10,"k":1}`, `{"n":1.10,"k":2}`, 1))
				back, err := get(ctx)
				is.NoErr(err)
				is.Equal(back.House, f.House)
				is.Equal(*back.Maybe.Owner, *f.Maybe.Owner)
			}
		}

		// What is taken out is gone, and a document of another kind is stored as it is.
		reset()
		f, err := get(ctx)
		is.NoErr(err)
		delete(f.Meta, "in")
		f.Any, f.Maybe, f.House.Rooms = "text", nil, f.House.Rooms[1:]
		is.NoErr(folders.Save(ctx, f))
		same(t, documents(t, db, "meta"), `{"n":1085238870184050699,"list":[1085238870184050699,{"n":1.10,"k":1}]}`)
		same(t, documents(t, db, "house"), strings.Replace(houseText, `{"area":1.50,"name":"r"},`, "", 1))
		is.Equal(documents(t, db, `"any"`), `"text"`)
	})
}

// same compares two documents with the digits of their numbers.
func same(t *testing.T, got, want string) {
	t.Helper()
	var docs [2]string
	for i, text := range []string{got, want} {
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		var v any
		if err := d.Decode(&v); err != nil {
			t.Fatal(text, err)
		}
		b, _ := json.Marshal(v)
		docs[i] = string(b)
	}
	if docs[0] != docs[1] {
		t.Errorf("the document is %s, want %s", docs[0], docs[1])
	}
}
