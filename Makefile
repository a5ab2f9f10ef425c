# Every verb installs what it needs by itself; `make help` lists them.
SHELL := /bin/sh
PYTHON := .venv/bin/python
VERSION := $(shell sed -n 's/^version=//p' metadata.txt)
ZIP := build/mapflow_data-$(VERSION).zip
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo pictures looks test test-api lint format bench qgis sandbox zip release-check i18n translations clean

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

setup: ## install what the other verbs need (they call it themselves)
	@tools/setup.sh

demo: setup translations ## drive a real QGIS through the main job, against the sandbox; pictures in build/demo
	@$(PYTHON) demo/run.py $(ARGS)

pictures: setup ## put the demo's pictures, made small, into docs/pictures
	@$(PYTHON) tools/pictures.py

looks: setup ## draw every state of every dialog, light, dark, in long words, at 200 %, into build/pictures
	@rm -rf build/pictures
	@$(PYTHON) -m pytest -q tests/gui/test_looks.py -k "cut or twice" --pictures build/pictures $(ARGS)
	@ls build/pictures/*/index.png

test: setup translations ## run the tests; ARGS="tests/gui -k upload" narrows them
	@$(PYTHON) -m pytest $(ARGS)

test-api: setup ## run the API client's tests where QGIS, GDAL and Qt cannot be imported
	@$(PYTHON) -m pytest tests/api -p tools.no_qgis -p no:pytest_qgis -p no:pytest-qt $(ARGS)

lint: setup ## ruff, mypy, and a check that the code runs on Python 3.9
	@tools/lint.sh

format: setup ## let ruff lay the code out
	@.venv/bin/ruff format -q . && .venv/bin/ruff check -q --fix .

bench: setup ## measure upload speed, memory and the stalls of the main thread
	@$(PYTHON) bench/run.py $(ARGS)

qgis: setup translations ## open QGIS with the plugin enabled, signed in to a sandbox
	@$(PYTHON) tools/open_qgis.py $(ARGS)

sandbox: setup ## run the sandbox in the foreground; its data is in build/sandbox
	@mkdir -p build/sandbox
	@.venv-sandbox/bin/python -m sandbox --port 8095 --data build/sandbox $(ARGS)

zip: setup translations ## build/mapflow_data-VERSION.zip, for QGIS' "Install from ZIP"
	@$(PYTHON) tools/package.py $(ZIP)

release-check: setup translations ## the zip against the rules of plugins.qgis.org, loaded and unloaded in a real QGIS
	@$(PYTHON) tools/release_check.py $(ARGS)

i18n: setup ## update the translations in i18n/ from the code, and compile them
	@tools/i18n.sh update

translations: setup
	@tools/i18n.sh

clean: ## remove all that was made
	@tools/clean.sh
