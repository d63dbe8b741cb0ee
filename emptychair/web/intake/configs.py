"""What clients ask before they send: where to send to, and which of their habits are wanted."""

import json
from typing import Any
from urllib.parse import urlsplit

# Everything that posthog-js would load from elsewhere or send unasked is off.
_POSTHOG: dict[str, Any] = {
    "supportedCompression": ["gzip", "gzip-js"],
    "hasFeatureFlags": False,
    "captureDeadClicks": False,
    "capturePerformance": False,
    "autocapture_opt_out": False,
    "autocaptureExceptions": False,
    "analytics": {"endpoint": "/i/v0/e/"},
    "elementsChainAsString": True,
    "errorTracking": {"autocaptureExceptions": False, "suppressionRules": []},
    "sessionRecording": False,
    "heatmaps": False,
    "surveys": False,
    "productTours": False,
    "conversations": False,
    "logs": {"captureConsoleLogs": False},
    "defaultIdentifiedOnly": True,
    "isAuthenticated": False,
    "siteApps": [],
    "siteAppsJS": [],
}


def segment_settings(key: str, base_url: str) -> bytes:
    """What analytics.js loads first: it sends to this very host from then on."""
    base = urlsplit(base_url)
    return _json(
        {
            "integrations": {
                "Segment.io": {
                    "apiKey": key,
                    "apiHost": f"{base.netloc}/v1",
                    "protocol": base.scheme,
                    "unbundledIntegrations": [],
                    "addBundledMetadata": False,
                    "versionSettings": {"version": "4.4.7", "componentTypes": ["browser"]},
                }
            },
            "plan": {name: {"__default": {"enabled": True}} for name in ("track", "identify", "group")},
            "edgeFunction": {},
            "analyticsNextEnabled": True,
            "middlewareSettings": {},
            "enabledMiddleware": {},
            "metrics": {"sampleRate": 0},
            "legacyVideoPluginsEnabled": False,
            "remotePlugins": [],
        }
    )


def rudderstack_settings(key: str) -> bytes:
    """What RudderStack's libraries load first."""
    source = {
        "id": key,
        "name": "Empty Chair",
        "writeKey": key,
        "config": {"statsCollection": {"errors": {"enabled": False}, "metrics": {"enabled": False}}},
        "enabled": True,
        "workspaceId": "emptychair",
        "destinations": [],
        "connections": [],
        "dataplanes": {},
    }
    return _json({"source": source, "isHosted": True, "updatedAt": "2026-01-01T00:00:00.000Z"})


def posthog_config(key: str) -> bytes:
    """What posthog-js asks for."""
    return _json({"token": key, **_POSTHOG})


def posthog_script(key: str) -> bytes:
    """The same as the script that it loads."""
    told = json.dumps({"config": {"token": key, **_POSTHOG}, "siteApps": []}).replace("<", "\\u003c")
    name = json.dumps(key).replace("<", "\\u003c")
    return (
        "(function(){window._POSTHOG_REMOTE_CONFIG=window._POSTHOG_REMOTE_CONFIG||{};"
        f"window._POSTHOG_REMOTE_CONFIG[{name}]={told};}})();"
    ).encode()


def no_flags() -> bytes:
    """The answer of a company without flags."""
    return _json(
        {
            "flags": {},
            "featureFlags": {},
            "featureFlagPayloads": {},
            "errorsWhileComputingFlags": False,
            "quotaLimited": [],
            "config": {"enable_collect_everything": True},
            "requestId": "00000000-0000-0000-0000-000000000000",
            **_POSTHOG,
        }
    )


def no_definitions() -> bytes:
    """The definitions of no flags, for libraries that decide by themselves."""
    return _json({"flags": [], "group_type_mapping": {}, "cohorts": {}})


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
