//! What is known of the C API.

/// Everything which is declared in `metatensor.h`.
#[derive(Debug)]
pub struct Api {
    /// Version of the library.
    pub version: String,
    /// The statuses.
    pub status: Enum,
    /// Types whose content is not known by callers.
    pub opaque: Vec<Documented>,
    /// Identifiers which are plain integers.
    pub aliases: Vec<Alias>,
    /// Structures.
    pub structs: Vec<Struct>,
    /// Types of functions given by callers.
    pub callbacks: Vec<Alias>,
    /// Functions of the library.
    pub sections: Vec<Section>,
    /// Layout of the structures of DLPack on 64-bit machines.
    pub dlpack: Vec<Struct>,
}

impl Api {
    /// All functions, with the title of their section.
    pub fn functions(&self) -> impl Iterator<Item = (&str, &Function)> {
        self.sections.iter().flat_map(|section| {
            section
                .functions
                .iter()
                .map(|function| (section.title, function))
        })
    }
}

/// A name and its documentation.
#[derive(Debug)]
pub struct Documented {
    pub name: String,
    pub docs: Vec<String>,
}

/// An enumeration.
#[derive(Debug)]
pub struct Enum {
    pub name: String,
    pub docs: Vec<String>,
    /// Values and their numbers.
    pub values: Vec<(Documented, i32)>,
}

/// Another name for a type.
#[derive(Debug)]
pub struct Alias {
    pub name: String,
    pub docs: Vec<String>,
    pub ty: Type,
}

/// A structure.
#[derive(Debug)]
pub struct Struct {
    pub name: String,
    pub docs: Vec<String>,
    pub fields: Vec<Alias>,
}

/// Functions about the same things.
#[derive(Debug)]
pub struct Section {
    pub title: &'static str,
    pub functions: Vec<Function>,
}

/// One function.
#[derive(Debug)]
pub struct Function {
    pub name: String,
    pub docs: Vec<String>,
    pub parameters: Vec<Parameter>,
    pub returned: Option<Type>,
}

/// One parameter of a function.
#[derive(Debug)]
pub struct Parameter {
    pub name: String,
    pub ty: Type,
    pub passing: Passing,
    /// The elements of an array can not be NULL.
    pub elements: bool,
}

/// What a function does with a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passing {
    /// A plain value.
    Value,
    /// An array given by value: the function owns it, also when it fails.
    OwnedArray,
    /// Read during the call.
    In,
    /// Array which is read during the call, NULL only when empty.
    InArray,
    /// Options, or NULL.
    OptIn,
    /// Array whose elements the function owns, also when it fails.
    TakenArray,
    /// Array which is read during the call, or NULL.
    OptInArray,
    /// Read and changed during the call.
    InOut,
    /// Array which is read and changed, NULL only when empty.
    InOutArray,
    /// Written by the function.
    Out,
    /// Array written by the function, NULL only when empty.
    OutArray,
    /// Written by the function unless it is NULL.
    OptOut,
    /// String which is read during the call.
    Text,
    /// String which is read during the call, or NULL.
    OptText,
    /// Object which the function takes.
    Taken,
    /// DLPack tensor: the function owns it, also when it fails.
    TakenTensor,
    /// Memory which is used after the call, NULL only when empty.
    Kept,
    /// Object which the function frees, or NULL.
    Freed,
    /// Reference which the function releases, or NULL.
    Released,
    /// Pointer which is only given back to callbacks.
    UserData,
    /// Function which has to be given.
    Callback,
    /// Function which does not have to be given, and is kept.
    OptCallback,
    /// Function which does not have to be given, and is only called.
    OptCalled,
}

impl Passing {
    /// Can the parameter be NULL? `None` if this is no pointer.
    pub fn nullable(self) -> Option<&'static str> {
        match self {
            Passing::Value | Passing::OwnedArray => None,
            Passing::InArray
            | Passing::InOutArray
            | Passing::OutArray
            | Passing::TakenArray
            | Passing::Kept => Some("if-empty"),
            Passing::OptIn
            | Passing::OptInArray
            | Passing::OptOut
            | Passing::OptText
            | Passing::Freed
            | Passing::Released
            | Passing::UserData
            | Passing::OptCallback
            | Passing::OptCalled => Some("yes"),
            Passing::In
            | Passing::InOut
            | Passing::Out
            | Passing::Text
            | Passing::Taken
            | Passing::TakenTensor
            | Passing::Callback => Some("no"),
        }
    }

    /// Who owns what is given, and how it is used.
    pub fn ownership(self) -> &'static str {
        match self {
            Passing::Value => "value",
            Passing::OwnedArray | Passing::TakenArray | Passing::TakenTensor => "taken",
            Passing::Taken => "taken-after-checks",
            Passing::Freed | Passing::Released => "released",
            Passing::Out | Passing::OutArray | Passing::OptOut => "written",
            Passing::InOut | Passing::InOutArray => "borrowed-mutable",
            Passing::UserData => "passed-through",
            Passing::Callback | Passing::OptCalled => "called",
            Passing::OptCallback | Passing::Kept => "kept",
            Passing::In
            | Passing::InArray
            | Passing::OptIn
            | Passing::OptInArray
            | Passing::Text
            | Passing::OptText => "borrowed",
        }
    }
}

/// A type of C.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// A type with a name, `void` included.
    Named(String),
    /// Pointer.
    Pointer {
        /// What it points to.
        to: Box<Type>,
        /// Can not be used to change it.
        is_const: bool,
    },
    /// Pointer to a function.
    Function {
        /// Names and types of the parameters.
        parameters: Vec<(String, Type)>,
        /// `None` for `void`.
        returned: Option<Box<Type>>,
    },
}

impl Type {
    pub fn pointer(to: Type, is_const: bool) -> Type {
        Type::Pointer {
            to: Box::new(to),
            is_const,
        }
    }

    /// Is this the type with the given name?
    pub fn is(&self, name: &str) -> bool {
        matches!(self, Type::Named(own) if own == name)
    }

    /// Declaration of something called `name` of this type.
    pub fn declare(&self, name: &str) -> String {
        match self {
            Type::Named(own) if name.is_empty() => own.clone(),
            Type::Named(own) => format!("{own} {name}"),
            Type::Pointer { to, is_const } => match &**to {
                Type::Named(own) => {
                    let qualifier = if *is_const { "const " } else { "" };
                    format!("{qualifier}{own} *{name}")
                }
                other if *is_const => other.declare(&format!("const *{name}")),
                other => other.declare(&format!("*{name}")),
            },
            Type::Function {
                parameters,
                returned,
            } => {
                let parameters = parameters
                    .iter()
                    .map(|(name, ty)| ty.declare(name))
                    .collect::<Vec<_>>()
                    .join(", ");
                let returned = returned
                    .as_ref()
                    .map_or("void".to_owned(), |ty| ty.declare(""));
                format!("{returned} (*{name})({parameters})")
            }
        }
    }
}
