package main

import (
	"context"
	"database/sql"
	"encoding/json"
)

func handEditDocument(h hand) EditDocument {
	read := h.text("SELECT " + documentColumns + " FROM documents WHERE id > ? ORDER BY id LIMIT ?")
	save := h.text("UPDATE documents SET updated = ?, info = ?, labels = ? WHERE id = ?")
	return func(ctx context.Context, after int64, n, at int) (Late[Document], error) {
		list, err := h.documents(ctx, read, after, n)
		if err != nil {
			return nil, err
		}
		d := &list[at]
		edit(&d.Info, d.Labels, &d.Updated)
		info, labels, err := h.jsonAndList(d.Info, d.Labels)
		if err != nil {
			return nil, err
		}
		return late(list, h.exec(ctx, save, d.Updated, info, labels, d.ID))
	}
}

// pgx knows JSON and arrays.

func (h pgxHand) documents(ctx context.Context, sql string, args ...any) ([]Document, error) {
	return collect(ctx, h, func(d *Document) []any {
		return []any{&d.ID, &d.Updated, &d.Title, &d.Info, &d.Labels}
	}, sql, args...)
}

func (pgxHand) jsonAndList(info Info, labels []string) (any, any, error) { return info, labels, nil }

// database/sql knows neither.

func (h sqlHand) documents(ctx context.Context, query string, args ...any) (list []Document, err error) {
	rows, err := h.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var d Document
		var info, labels sql.RawBytes
		if err := rows.Scan(&d.ID, &d.Updated, &d.Title, &info, &labels); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(info, &d.Info); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(labels, &d.Labels); err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, rows.Err()
}

func (sqlHand) jsonAndList(info Info, labels []string) (any, any, error) {
	infoText, err := json.Marshal(info)
	if err != nil {
		return nil, nil, err
	}
	labelText, err := json.Marshal(labels)
	return string(infoText), string(labelText), err
}
