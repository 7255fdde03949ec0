"""Creates what WANTED says, with generic resources, which know the plugin by its names only."""

import json
import os

import pulumi

given = json.loads(os.environ["WANTED"])
wanted, base_url = given["wanted"], given["baseUrl"]
outputs = {"status": None, "models": None, "openai": None}


def connect(name, args, **options):
    props = {**outputs, **args}
    connection = pulumi.CustomResource(
        "deepseek:index:DeepSeekConnection", name, props, pulumi.ResourceOptions(**options)
    )
    pulumi.export(f"{name}-status", connection.status)
    pulumi.export(f"{name}-openai", connection.openai)


for name, api_key in wanted.get("clear", {}).items():
    connect(name, {"apiKey": api_key, "baseUrl": base_url, "maxAttempts": 1})
for name in wanted.get("configured", []):
    connect(name, {})
if "explicit" in wanted:
    explicit = wanted["explicit"]
    settings = {"apiKey": pulumi.Output.secret(explicit["apiKey"]), "baseUrl": base_url}
    connect(explicit["name"], {}, provider=pulumi.ProviderResource("deepseek", "own", settings))
if "imported" in wanted:
    connect(wanted["imported"], {}, import_="any-id")
if "got" in wanted:
    connect(wanted["got"], {}, id="any-id")
if wanted.get("models"):
    result = pulumi.runtime.invoke("deepseek:index:getModels", {})
    pulumi.export("models", result.value["models"])
