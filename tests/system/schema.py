#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds files against a JSON schema: schema.py SCHEMA FILE...; YAML is read as YAML 1.1 does."""
import json
import sys

import jsonschema
import yaml


class Loader(yaml.SafeLoader):
    """Refuses what Kubernetes refuses: a member that is there twice."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if len(keys) != len(set(keys)):
            raise yaml.YAMLError(f'a member is repeated at {node.start_mark}')
        return super().construct_mapping(node, deep)


def load(path):
    with open(path, encoding='utf-8') as file:
        if path.endswith('.yaml'):
            return yaml.load(file, Loader)
        return json.load(file)


def main():
    validator = jsonschema.Draft7Validator(load(sys.argv[1]))
    wrong = 0
    for path in sys.argv[2:]:
        for error in validator.iter_errors(load(path)):
            print(f'{path}: {"/".join(map(str, error.path))}: {error.message[:300]}')
            wrong = 1
    return wrong


sys.exit(main())
