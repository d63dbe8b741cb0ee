"""Settings: read once, and a misspelt one never goes unnoticed."""

from pathlib import Path

import pytest

from emptychair.config import ConfigError, read
from emptychair.understand.language.own import Endpoint, Folder


def test_a_misspelt_setting_stops_the_start_and_is_named() -> None:
    with pytest.raises(ConfigError, match="EMPTYCHAIR_PROT is not a setting"):
        read({"EMPTYCHAIR_PROT": "8080"})


def test_other_programs_names_are_left_alone() -> None:
    assert read({"PATH": "/bin", "EMPTYCHAIRS": "12"}).port == 8080


def test_the_command_line_wins_over_the_environment() -> None:
    config = read({"EMPTYCHAIR_PORT": "8001", "EMPTYCHAIR_HOME": "there"}, port=9000, home=None)
    assert (config.port, config.home) == (9000, Path("there"))


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "", "-1", "1e3"])
def test_a_port_that_is_none_is_refused_with_what_is_expected(port: str) -> None:
    with pytest.raises(ConfigError, match="EMPTYCHAIR_PORT must be a whole number from 1 to 65535"):
        read({"EMPTYCHAIR_PORT": port})


@pytest.mark.parametrize("memory", ["lots", "0GB", "1", "-1GB", "1GB; drop"])
def test_an_amount_of_memory_that_is_none_is_refused(memory: str) -> None:
    with pytest.raises(ConfigError, match="EMPTYCHAIR_MEMORY must be an amount such as 500MB"):
        read({"EMPTYCHAIR_MEMORY": memory})
    assert read({"EMPTYCHAIR_MEMORY": "500MB"}).memory == "500MB"


@pytest.mark.parametrize("networks", ["intranet", "10.0.0.1/8", "10.0.0.0/40", "10.0.0.0/8; ::1"])
def test_networks_that_are_none_are_refused(networks: str) -> None:
    with pytest.raises(ConfigError, match="EMPTYCHAIR_ALLOWED_NETWORKS must be networks such as"):
        read({"EMPTYCHAIR_ALLOWED_NETWORKS": networks})
    assert read({"EMPTYCHAIR_ALLOWED_NETWORKS": "10.0.0.0/8, ::1"}).allowed_networks == "10.0.0.0/8, ::1"


def test_a_base_url_without_a_host_is_refused() -> None:
    with pytest.raises(ConfigError, match="EMPTYCHAIR_BASE_URL must be a full address"):
        read({"EMPTYCHAIR_BASE_URL": "chair.example.com"})


def test_links_are_made_on_the_configured_address_without_a_double_slash() -> None:
    assert read({"EMPTYCHAIR_BASE_URL": "https://chair.example.com/"}).url == "https://chair.example.com"


def test_the_desk_is_a_file_in_the_home_folder_unless_it_is_configured() -> None:
    assert read({}, home="here").desk_url == f"sqlite:///{Path('here').absolute()}/desk.sqlite3"
    assert read({"EMPTYCHAIR_DESK": "postgresql://db/chair"}).desk_url == "postgresql://db/chair"


def test_folders_are_whole_paths() -> None:
    found = read({"EMPTYCHAIR_FOLDERS": "/srv/exports, /data"}).drop_folders
    assert found == (Path("/srv/exports"), Path("/data"))
    with pytest.raises(ConfigError, match="whole paths"):
        read({"EMPTYCHAIR_FOLDERS": "exports"})


@pytest.mark.parametrize(
    "url", ["api.example.com/v1", "ftp://example.com", "https://", "https://a:b@example.com"]
)
def test_an_endpoint_that_is_none_is_refused_and_its_key_is_not_shown(url: str) -> None:
    with pytest.raises(ConfigError, match="TRANSCRIPTION_URL"):
        read({"EMPTYCHAIR_TRANSCRIPTION_URL": url})
    assert "sk-1" not in repr(read({"EMPTYCHAIR_TRANSCRIPTION_KEY": "sk-1"}))


def test_words_are_read_with_a_model_of_ones_own_in_a_folder_or_elsewhere() -> None:
    assert read({"EMPTYCHAIR_READING": "small"}).own_model is None
    assert read({"EMPTYCHAIR_READING": "/srv/models/e5"}).own_model == Folder(path=Path("/srv/models/e5"))
    elsewhere = {
        "EMPTYCHAIR_READING": "https://models.example.com/v1/",
        "EMPTYCHAIR_READING_MODEL": "tiny",
        "EMPTYCHAIR_READING_WIDTH": "384",
        "EMPTYCHAIR_READING_KEY": "sesame",
    }
    config = read(elsewhere)
    own = Endpoint(address="https://models.example.com/v1", model="tiny", width=384)
    assert config.own_model == own
    assert config.own_model.key == "sesame"
    assert "sesame" not in repr(config)
    for missing in ("MODEL", "WIDTH"):
        few = {name: value for name, value in elsewhere.items() if not name.endswith(missing)}
        with pytest.raises(ConfigError, match=f"EMPTYCHAIR_READING_{missing}"):
            read(few)


@pytest.mark.parametrize("reading", ["large", "models/e5", "ftp://models.example.com", "https://", ""])
def test_a_model_that_is_none_is_refused(reading: str) -> None:
    with pytest.raises(ConfigError, match="EMPTYCHAIR_READING"):
        read({"EMPTYCHAIR_READING": reading})
