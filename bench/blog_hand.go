package main

// openHandBlog returns the peer that is the base on the tables of the blog.
func openHandBlog(h hand, closing func()) *Peer {
	return &Peer{
		Eager:        handEager(h),
		Totals:       handTotals(h),
		Keyset:       handKeyset(h),
		EditDocument: handEditDocument(h),
		Service:      handService(h),
		Close:        closing,
	}
}

func userTargets(u *User) []any {
	return []any{&u.ID, &u.Created, &u.Name, &u.Email, &u.Country, &u.Bio}
}

func postTargets(p *Post) []any {
	return []any{&p.ID, &p.AuthorID, &p.Created, &p.Updated, &p.Title, &p.Body, &p.Views, &p.Published}
}

func commentTargets(c *Comment) []any {
	return []any{&c.ID, &c.PostID, &c.AuthorID, &c.Created, &c.Body}
}
