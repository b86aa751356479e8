package upgrade_test

import "github.com/prom-go/prom"

// Filled has columns that the database fills.
type Filled struct {
	prom.Model
	Name  string
	Price int64
	Count int64
	Total int64   `prom:"generated='price * count',index"`
	Upper *string `prom:"generated='upper(note)'"`
	Note  *string
	State string `prom:"readonly,default=new"`
}

func filledRows() []Filled {
	return []Filled{
		{Model: meta(1), Name: "one", Price: 3, Count: 7, Total: 21, State: "new"},
		{Model: meta(2), Name: odd, Price: -1, Count: 1, Total: -1, Note: new("a note"), Upper: new("A NOTE"), State: "new"},
		{Model: meta(3), State: "new"},
	}
}
