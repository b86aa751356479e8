package main

import "gorm.io/gorm"

// openGORMBlog opens GORM on the tables of the blog.
func openGORMBlog(d gorm.Dialector, at Place) (*Peer, error) {
	db, closing, err := gormDB(d, at)
	if err != nil {
		return nil, err
	}
	return &Peer{
		Eager:        gormEager(db),
		Totals:       gormTotals(db),
		Keyset:       gormKeyset(db),
		EditDocument: gormEditDocument(db),
		Service:      gormService(db),
		Close:        closing,
	}, nil
}
