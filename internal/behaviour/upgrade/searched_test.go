package upgrade_test

// Searched has full-text indexes, with weights and without, over the row's number of SQLite or not.
type Searched struct {
	Slug  string `prom:"key"`
	Title string
	Body  *string
	_     struct{} `prom:"fulltext='title A, body B',language=english"`
	_     struct{} `prom:"index=words,fulltext=title"`
}

func searchedRows() []Searched {
	return []Searched{{Slug: "one", Title: "Running cats", Body: new("In the hat.")}, {Slug: "two", Title: odd},
		{Slug: "three", Body: new("")}}
}
