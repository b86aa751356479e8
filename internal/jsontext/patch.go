package jsontext

import "strings"

// Patch returns a document with a patch merged into it as RFC 7396 says: members replace those of the same name,
// objects are merged, and null removes a member. Further members are removed from the document at the top. A document
// that is no object counts as an empty one. It is not ok if one of the texts is no document, or the patch no object.
func Patch(doc, patch string, remove []string) (patched string, ok bool) {
	p, ok := document(patch)
	if !ok || !p.object() {
		return "", false
	}
	d, ok := document(doc)
	if !ok {
		return "", false
	}
	for _, key := range remove {
		p.add(member{key: key, value: node{text: "null"}})
	}
	result := p.into(&d)
	var b strings.Builder
	result.writeTo(&b)
	return b.String(), true
}

// into returns what a patch makes of a document, or of none.
func (n *node) into(doc *node) node {
	if !n.object() {
		return *n
	}
	result := node{text: "{", changed: true}
	if doc != nil && doc.object() {
		for _, m := range doc.members {
			switch p := n.member(m.key); {
			case p == nil:
				result.members = append(result.members, m)
			case p.text != "null":
				m.value = p.into(&m.value)
				result.members = append(result.members, m)
			}
		}
	}
	for _, m := range n.members {
		if m.value.text != "null" && (doc == nil || doc.place(m.key) < 0) {
			m.value = m.value.into(nil)
			result.members = append(result.members, m)
		}
	}
	return result
}
