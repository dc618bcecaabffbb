// Verifies what the ledger writes with the notes and transparency logs of Go's checksum database.
// Reads one JSON document from standard input, exits 0 only if all of it holds.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type inclusion struct {
	Index  int64
	Leaf   []byte
	Hashes [][]byte
}

type consistency struct {
	OldSize int64
	OldRoot []byte
	Hashes  [][]byte
}

type document struct {
	VerifierKey   string
	SignerKey     string
	Checkpoint    string
	Tiles         map[string][]byte // "level/index" to content
	Inclusions    []inclusion
	Consistencies []consistency
}

// tiles serves the ledger's tiles to the tlog package, which asks for them by its own coordinates.
type tiles struct{ contents map[string][]byte }

func (t tiles) Height() int { return 8 }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range wanted {
		content := t.contents[fmt.Sprintf("%d/%d", tile.L, tile.N)]
		if len(content) < tile.W*tlog.HashSize {
			return nil, fmt.Errorf("no tile %s", tile.Path())
		}
		data = append(data, content[:tile.W*tlog.HashSize])
	}
	return data, nil
}

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func main() {
	var doc document
	check("reading", json.NewDecoder(os.Stdin).Decode(&doc))

	verifier, err := note.NewVerifier(doc.VerifierKey)
	check("verifier key", err)
	opened, err := note.Open([]byte(doc.Checkpoint), note.VerifierList(verifier))
	check("checkpoint", err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check("size", err)
	rootBytes, err := base64.StdEncoding.DecodeString(lines[2])
	check("root", err)
	root := hash(rootBytes)

	signer, err := note.NewSigner(doc.SignerKey)
	check("signer key", err)
	signed, err := note.Sign(&note.Note{Text: opened.Text}, signer)
	check("signing", err)
	if !bytes.Equal(signed, []byte(doc.Checkpoint)) {
		check("signing", fmt.Errorf("Go signs the same text differently"))
	}

	// This reader checks the tiles that it gets against the tree's root.
	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, tiles{doc.Tiles})
	for _, in := range doc.Inclusions {
		leaf := tlog.RecordHash(in.Leaf)
		check("inclusion", tlog.CheckRecord(hashes(in.Hashes), size, root, in.Index, leaf))
		proof, err := tlog.ProveRecord(size, in.Index, reader)
		check("tiles", err)
		same("inclusion", proof, in.Hashes)
	}
	for _, c := range doc.Consistencies {
		check("consistency", tlog.CheckTree(hashes(c.Hashes), size, root, c.OldSize, hash(c.OldRoot)))
		proof, err := tlog.ProveTree(size, c.OldSize, reader)
		check("tiles", err)
		same("consistency", proof, c.Hashes)
	}
	fmt.Printf("verified %d inclusions, %d consistencies\n", len(doc.Inclusions), len(doc.Consistencies))
}

func hash(b []byte) (h tlog.Hash) {
	if copy(h[:], b) != len(h) || len(b) != len(h) {
		check("hash", fmt.Errorf("has %d bytes", len(b)))
	}
	return h
}

func hashes(list [][]byte) []tlog.Hash {
	var hs []tlog.Hash
	for _, b := range list {
		hs = append(hs, hash(b))
	}
	return hs
}

func same(what string, got []tlog.Hash, want [][]byte) {
	if len(got) != len(want) {
		check(what, fmt.Errorf("Go's proof has another length"))
	}
	for i := range got {
		if !bytes.Equal(got[i][:], want[i]) {
			check(what, fmt.Errorf("Go's proof differs"))
		}
	}
}

func check(what string, err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", what, err)
		os.Exit(1)
	}
}
