package kit

import (
	"fmt"

	"github.com/prom-go/prom"
)

// ByArrays and ByCopy are numbers of rows below and above the one from which CreateMany takes COPY on PostgreSQL.
const (
	ByArrays = 30
	ByCopy   = 3000
)

// Item is a narrow model, for many rows.
type Item struct {
	prom.Model
	Name string `prom:"unique"`
	No   int
}

// Handles of [Item].
var (
	item     = prom.Proto[Item]()
	ItemName = prom.TextOf(item, &item.Name)
	ItemNo   = prom.NumberOf(item, &item.No)
)

// Items returns a repo of items on a database.
func Items(db *prom.DB) *prom.Repo[Item] { return prom.NewRepo[Item](prom.Using(db)) }

// ManyItems returns n items.
func ManyItems(n int) []Item {
	list := make([]Item, n)
	for i := range list {
		list[i] = Item{Name: fmt.Sprintf("item %d", i), No: i}
	}
	return list
}
